"""A cluster without room for the command pod. These tests change the whole cluster, so no other may run beside them.

Rows: X-03 (only tainted nodes), X-04 (a rule blocks the command pod).
"""
import json

BESIDE = 1


def test_only_tainted_nodes_are_named_as_the_cause(lab):
    node = lab.kube.env["NODE"]
    lab.kube.kubectl("taint", "node", node, "kubernetes.azure.com/scalesetpriority=spot:NoSchedule", "--overwrite")
    try:
        with lab.world(pods=True, more=["--time-scale", "10"]) as world:
            world.deploy(lab.chart()).failed("remote", "KubernetesPerformanceError", "did not start within 30s", cure="one node without user taints")
            assert len(world.posts()) == 1 and world.fence() is None
    finally:
        lab.kube.kubectl("taint", "node", node, "kubernetes.azure.com/scalesetpriority-")


def test_a_quota_that_has_no_room_is_named_as_the_cause(lab):
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "tight", "namespace": "aks-command"}, "spec": {"hard": {"requests.memory": "100Mi"}}}
    with lab.world(pods=True) as world:
        lab.kube.kubectl("create", "-f", "-", data=json.dumps(quota))
        try:
            world.deploy(lab.chart()).failed("remote", "KubernetesOperationError", "exceeded quota: tight", cure="exempt the namespace aks-command")
        finally:
            lab.kube.kubectl("-n", "aks-command", "delete", "resourcequota", "tight")
        assert len(world.posts()) == 1 and world.fence() is None
        world.deploy(lab.chart()).ended("succeeded")
