#include "cluster/command_call.hpp"

#include "agent_images/agent_images.hpp"
#include "pack/deflate.hpp"
#include "pack/zip.hpp"

namespace sentimark::cluster {
namespace {

using agent_images::AgentImage;

std::vector<AgentImage> agents_for(const std::string& architecture) {
  std::vector<AgentImage> chosen;
  for (const AgentImage& image : agent_images::agent_images()) {
    if (architecture.empty() || image.architecture == architecture) chosen.push_back(image);
  }
  return chosen;
}

std::string file_of(const AgentImage& image) { return "agent-" + std::string(image.architecture); }

}  // namespace

std::string command_line(const std::vector<std::string>& arguments) {
  std::string text =
      "case $(uname -m) in aarch64|arm64) a=agent-arm64;; *) a=agent-amd64;; esac; chmod 0700 ./$a; exec ./$a";
  for (const std::string& argument : arguments) text += " " + argument;
  return text;
}

base::Result<CommandCall> command_call(wire::Job job, const std::vector<Payload>& payloads,
                                       const std::string& architecture) {
  const std::vector<AgentImage> agents = agents_for(architecture);
  for (const AgentImage& image : agents) job.files.push_back({file_of(image), image.size, std::string(image.sha256)});
  CommandCall call;
  call.parcel = parcel_of(std::move(job), payloads);
  call.command = command_line(call.parcel.arguments());
  std::vector<pack::ZipEntry> entries;
  entries.push_back({{std::string(wire::k_job_file), call.parcel.job_text, false}, false, 0, 0});
  for (const Payload& payload : payloads) entries.push_back({{payload.name, payload.bytes, false}, false, 0, 0});
  for (const AgentImage& image : agents) {
    entries.push_back({{file_of(image), std::string(image.deflated), true}, true, image.crc32, image.size});
    call.agent_size += image.deflated.size();
  }
  SENTIMARK_LET(context, pack::zip(std::move(entries)));
  call.context = std::move(context);
  return call;
}

base::Result<std::vector<pack::Entry>> files_of(const CommandCall& call, const std::vector<Payload>& payloads,
                                                const std::string& architecture) {
  std::vector<pack::Entry> files{{std::string(wire::k_job_file), call.parcel.job_text, false}};
  for (const Payload& payload : payloads) files.push_back({payload.name, payload.bytes, false});
  for (const AgentImage& image : agents_for(architecture)) {
    SENTIMARK_LET(bytes, pack::inflate_raw(image.deflated, image.size));
    files.push_back({file_of(image), std::move(bytes), true});
  }
  return files;
}

}  // namespace sentimark::cluster
