// What becomes of the work in the cluster when this program is told to stop.
#pragma once
#include "cluster/door.hpp"
#include "helm_private_deploy/inputs.hpp"
#include "sys/sys.hpp"

namespace sentimark::helm_private_deploy {

// `detached` is the end that this program comes to, `last` the job whose operation and try it asked for last. With
// OnCancel::stop, and once a job was handed over, the try is ended in the cluster: by a stop job, within the time that
// the Actions runner gives (6.5 s after SIGINT, 1.8 s after SIGTERM, of 7.5 and 2.5). The stop is taken down meanwhile;
// the next signal ends that as well. Returns the end to tell, of kind interrupted: what was asked of the cluster, and
// what is known of it. Nothing local is needed afterwards.
base::Error end_in_cluster(sys::Sys& sys, cluster::Door& door, OnCancel way, wire::Job last, base::Error detached);

}  // namespace sentimark::helm_private_deploy
