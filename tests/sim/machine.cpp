#include "sim/machine.hpp"

namespace sentimark::sim {

base::WallTime SimClock::wall() {
  actor_.call();
  return {k_epoch + world_.now.since_start + actor_.wall_skew};
}

base::Instant SimClock::monotonic() {
  actor_.call();
  return world_.now + actor_.monotonic_zero;
}

bool SimClock::sleep_until(base::Instant deadline, const sys::Stop& stop) {
  actor_.call();
  const Instant until{deadline.since_start - actor_.monotonic_zero};
  while (!stop.requested() && world_.now < until && !actor_.dying()) actor_.block(until, stop);
  return world_.now >= until;
}

std::optional<std::string> SimEnv::get(std::string_view name) const {
  actor_.call();
  return values.get(name);
}
std::vector<std::string> SimEnv::names() const {
  actor_.call();
  return values.names();
}

base::Result<std::string> SimFiles::read(const std::string& path, std::uint64_t limit) {
  actor_.call();
  return disk_.read(path, limit);
}
base::Done SimFiles::write(const std::string& path, std::string_view bytes, unsigned mode) {
  actor_.call();
  return disk_.write(path, bytes, mode);
}
base::Done SimFiles::append(const std::string& path, std::string_view bytes) {
  actor_.call();
  return disk_.append(path, bytes);
}
base::Result<sys::FileInfo> SimFiles::stat(const std::string& path) {
  actor_.call();
  return disk_.stat(path);
}
base::Result<std::string> SimFiles::real_path(const std::string& path) {
  actor_.call();
  return disk_.real_path(path);
}
base::Result<std::vector<sys::FileInfo>> SimFiles::list(const std::string& path) {
  actor_.call();
  return disk_.list(path);
}
base::Result<std::string> SimFiles::make_private_dir(const std::string& parent) {
  actor_.call();
  return disk_.make_private_dir(parent);
}
base::Done SimFiles::remove_tree(const std::string& path) {
  actor_.call();
  return disk_.remove_tree(path);
}

void SimRandom::fill(std::span<unsigned char> bytes) {
  actor_.call();
  bytes_.fill(bytes);
}

void SimLog::say(sys::Level level, std::string_view text) {
  actor_.call();
  if (level != sys::Level::debug) world_.trace(actor_.name(), "| " + std::string(text));
}
void SimLog::quote(std::string_view title, std::string_view) {
  actor_.call();
  world_.trace(actor_.name(), "| (" + std::string(title) + ")");
}

Machine::Machine(World& world, Actor& actor, fake::FakeFiles& disk, Launch launch)
    : clock(world, actor),
      env(actor),
      files(actor, disk),
      processes(world, actor, std::move(launch)),
      random(actor, world.chance.next()),
      log(world, actor),
      sys{clock, env, files, processes, random, log, secrets, actor} {}

}  // namespace sentimark::sim
