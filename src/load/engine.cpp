#include "load/engine.hpp"

#include <algorithm>
#include <deque>

#include "hurl/session.hpp"
#include "load/pool.hpp"
#include "load/watch.hpp"

namespace sentimark::load {
namespace {

using base::Outcome;

constexpr Micros k_look_every = 10'000;  // at deadlines
constexpr Micros k_tell_every = 10'000'000;
constexpr std::size_t k_most_kinds = 50;

// One arrival: a run of one file.
struct Arrival {
  Arrival(std::size_t which, Micros due, const hurl::File& file, const hurl::Variables& variables,
          const hurl::RunOptions& options, const hurl::Surroundings& around)
      : scenario(which), intended(due), ready(due), session(file, variables, options, around) {}
  std::size_t scenario;
  Micros intended;
  Micros ready;  // when its next request could have been sent
  hurl::Session session;
  hurl::Step step;  // that is under way
  Connection* connection = nullptr;
  std::size_t place = 0;  // among those in flight
};

class Engine {
 public:
  Engine(const World& world, std::span<const Scenario> scenarios, const hurl::Variables& variables,
         hurl::RunOptions options, const Shape& shape, std::span<const Threshold> thresholds)
      : world_(world),
        scenarios_(scenarios),
        options_(std::move(options)),
        shape_(shape),
        plan_(with_warm_up(shape)),
        most_(shape.users > 0 ? shape.users : shape.most_in_flight),
        pool_(world, options_.limits, most_),
        watch_(thresholds, shape.users > 0 ? 0 : Plan::count(shape.stages),
               shape.users > 0 ? 0 : Plan::count(shape.stages) * most_entries(scenarios)) {
    for (const Scenario& scenario : scenarios) {
      around_.push_back({world.clock, world.random, scenario.files, [](std::string_view) {}});
      hurl::Variables& own = variables_.emplace_back(variables);
      for (const auto& [name, value] : scenario.variables.all()) own.set(name, value);
      ScenarioCount count;
      count.file = scenario.file.name;
      for (const hurl::Entry& entry : scenario.file.entries)
        count.requests.push_back(
            {entry.request.method + " " + count.file + ":" + std::to_string(entry.request.place.line), {}, 0});
      result_.scenarios.push_back(std::move(count));
    }
    result_.intended = shape.users > 0 ? 0 : Plan::count(shape.stages);
  }

  base::Result<Measurement> run() {
    start_ = world_.clock.micros();
    end_ = start_ + shape_.span();
    next_tell_ = start_ + k_tell_every;
    const Micros last = end_ + static_cast<Micros>(options_.request_timeout.count()) * 1000;
    options_.deadline = std::min(options_.deadline, base::Instant{base::Millis(last / 1000)});
    due_ = plan_.next();
    std::vector<sys::Poller::Event> events;
    for (;;) {
      if (world_.stop.requested()) return base::fail(Outcome::interrupted, "stopped in the middle of the load");
      admit();
      wake();
      expire();
      tell();
      if (flying_.empty() && !more_to_come()) break;
      events.clear();
      world_.poller.wait(next_moment(), world_.stop, events);
      for (const sys::Poller::Event& event : events) happened(event);
    }
    result_.connections = pool_.opened();
    const Micros from = start_ + shape_.warm_up;
    const Micros until = result_.aborted.empty() ? std::max(end_, last_end_) : last_end_;
    result_.lasted = until > from ? until - from : 0;
    return std::move(result_);
  }

 private:
  static std::vector<Stage> with_warm_up(const Shape& shape) {
    std::vector<Stage> stages = shape.stages;
    if (shape.warm_up > 0 && !stages.empty())
      stages.insert(stages.begin(), {stages[0].from, stages[0].from, shape.warm_up});
    return stages;
  }

  static std::uint64_t most_entries(std::span<const Scenario> scenarios) {
    std::size_t most = 1;
    for (const Scenario& scenario : scenarios) most = std::max(most, scenario.file.entries.size());
    return most;
  }

  Micros now() const { return world_.clock.micros(); }
  bool measured(const Arrival& arrival) const { return arrival.intended >= start_ + shape_.warm_up; }
  bool more_to_come() const {
    if (!result_.aborted.empty()) return false;
    return shape_.users > 0 ? now() < end_ : due_.has_value();
  }

  // Those that are due begin. The plan itself is the queue of those that must wait, so that it costs no memory.
  void admit() {
    if (shape_.users > 0) {
      for (Micros at = now(); flying_.size() < most_ && at < end_ && result_.aborted.empty(); at = now()) begin(at);
      return;
    }
    while (due_ && result_.aborted.empty()) {
      const Micros at = now();
      const Micros due = start_ + *due_;
      if (due > at) return;
      if (at >= end_ && (full_ || flying_.size() >= most_)) {
        due_.reset();  // the time is over, and nobody could be let in
        return;
      }
      full_ = flying_.size() >= most_;
      if (full_) return;
      if (due >= start_ + shape_.warm_up) result_.late.record(at - std::min(at, std::max(due, free_since_)) + 1);
      due_ = plan_.next();
      begin(due);
    }
  }

  void begin(Micros due) {
    const std::size_t which = turn_++ % scenarios_.size();
    auto made =
        std::make_unique<Arrival>(which, due, scenarios_[which].file, variables_[which], options_, around_[which]);
    Arrival& arrival = *made;
    arrival.place = flying_.size();
    flying_.push_back(std::move(made));
    result_.most_in_flight = std::max<std::uint64_t>(result_.most_in_flight, flying_.size());
    if (measured(arrival)) ++result_.started;
    go_on(arrival);
  }

  // As far as the arrival comes without waiting.
  void go_on(Arrival& arrival) {
    for (;;) {
      arrival.step = arrival.session.next();
      if (arrival.step.kind == hurl::Step::Kind::done) return finish(arrival);
      if (arrival.step.kind == hurl::Step::Kind::wait) {
        arrival.ready = static_cast<Micros>(arrival.step.until.since_start.count()) * 1000;
        sleeping_.emplace(arrival.ready, &arrival);
        return;
      }
      if (arrival.step.request.url.secure && !arrival.step.way.verify) result_.insecure = true;
      auto problem = send(arrival, 0, true);
      if (!problem) return;
      answer(arrival, std::move(*problem));
    }
  }

  // The error that is the answer, if the request cannot even be begun: the first, for later addresses may be of a kind
  // that this machine cannot reach at all.
  std::optional<base::Error> send(Arrival& arrival, std::size_t address, bool kept) {
    const http1::Request& request = arrival.step.request;
    const http1::Way& way = arrival.step.way;
    auto bytes = http1::to_bytes(request);
    if (!bytes) return bytes.error();
    const std::string key = Pool::key_of(request, way);
    Connection* connection = kept ? pool_.take(key) : nullptr;
    std::optional<base::Error> problem;
    for (; address == 0 || address < pool_.addresses(request, way); ++address) {
      if (connection == nullptr) {
        auto opened = pool_.open(key, request, way, address);
        if (!opened) {
          if (!problem) problem = opened.error();
          continue;
        }
        connection = *opened;
      }
      connection->owner = &arrival;
      const base::Done done = connection->channel.start(*bytes, request.method == "HEAD", world_.stop);
      if (done) {
        arrival.connection = connection;
        return std::nullopt;
      }
      if (!problem) problem = done.error();
      pool_.close(*connection);
      connection = nullptr;
    }
    return problem;
  }

  void happened(const sys::Poller::Event& event) {
    Connection* const connection = pool_.find(event.id);
    if (connection == nullptr) return;
    if (connection->owner == nullptr) {
      if (event.ended || !connection->channel.still_idle(world_.stop)) pool_.close(*connection);
      return;
    }
    Arrival& arrival = *static_cast<Arrival*>(connection->owner);
    auto got = connection->channel.go_on(event.ended, world_.stop);
    if (got && !*got) return;
    arrival.connection = nullptr;
    const http1::Request& request = arrival.step.request;
    if (!got) {
      const bool harmless = request.method == "GET" || request.method == "HEAD";
      const bool again = connection->used && harmless && !connection->channel.begun();
      const bool unreached = !connection->used && (got.error().code == "refused" || got.error().code == "unreachable");
      const std::size_t next = again ? 0 : connection->address + 1;
      pool_.close(*connection);
      const bool elsewhere = unreached && next < pool_.addresses(request, arrival.step.way);
      std::optional<base::Error> problem = got.error();
      if (again || elsewhere) problem = send(arrival, next, false);
      if (!problem) return;
      answer(arrival, elsewhere ? got.error() : *problem);
      return go_on(arrival);
    }
    http1::Exchange exchange{std::move(**got), connection->channel.peer(),
                             base::Millis((now() - std::min(now(), arrival.ready)) / 1000),
                             connection->channel.certificate()};
    if (connection->address > 0) pool_.is_good(request, arrival.step.way, connection->address);
    connection->address = 0;
    if (connection->channel.reusable()) {
      pool_.give_back(*connection);
    } else {
      pool_.close(*connection);
    }
    answer(arrival, std::move(exchange));
    go_on(arrival);
  }

  void answer(Arrival& arrival, base::Result<http1::Exchange> exchange) {
    const Micros at = now();
    const Micros latency = at - std::min(at, arrival.ready);
    if (measured(arrival)) {
      result_.latencies.record(latency);
      result_.scenarios[arrival.scenario].requests[arrival.step.entry].latencies.record(latency);
      watch_.request(latency);
    }
    arrival.ready = at;
    arrival.session.answer(std::move(exchange));
  }

  void finish(Arrival& arrival) {
    const hurl::FileResult run = std::move(arrival.session).take();
    last_end_ = now();
    if (measured(arrival)) {
      ++result_.finished;
      ScenarioCount& scenario = result_.scenarios[arrival.scenario];
      scenario.latencies.record(last_end_ - std::min(last_end_, arrival.intended));
      const bool passed = run.passed();
      if (!passed) {
        ++result_.failed;
        ++scenario.failed;
        if (arrival.step.entry < scenario.requests.size()) count_failure(scenario, run);
      }
      if (auto lost = watch_.arrival(last_end_, !passed); lost && result_.aborted.empty())
        result_.aborted = std::move(*lost);
    }
    if (flying_.size() == most_) free_since_ = last_end_;
    const std::size_t place = arrival.place;
    std::swap(flying_[place], flying_.back());
    flying_[place]->place = place;
    flying_.pop_back();
  }

  // By what went wrong, never by what a server said: that may be long, and may be secret.
  void count_failure(ScenarioCount& scenario, const hurl::FileResult& run) {
    const hurl::EntryResult& last = run.entries.back();
    std::string kind = last.code;
    for (const hurl::Finding& finding : last.findings) {
      if (finding.passed || !kind.empty()) continue;
      kind = finding.assertion == "status" ? "status " + finding.actual : finding.assertion;
      kind += " (" + run.file + ":" + std::to_string(finding.place.line) + ")";
    }
    for (RequestCount& request : scenario.requests) {
      if (request.name.ends_with(":" + std::to_string(last.place.line))) ++request.failed;
    }
    if (result_.failures.size() >= k_most_kinds && !result_.failures.contains(kind)) kind = "other";
    ++result_.failures[kind];
  }

  void wake() {
    while (!sleeping_.empty() && sleeping_.begin()->first <= now()) {
      Arrival* const arrival = sleeping_.begin()->second;
      sleeping_.erase(sleeping_.begin());
      go_on(*arrival);
    }
  }

  void expire() {
    const Micros at = now();
    if (at < next_look_) return;
    next_look_ = at + k_look_every;
    const base::Instant moment{base::Millis(at / 1000)};
    std::vector<Arrival*> over;
    for (const auto& arrival : flying_) {
      if (arrival->connection != nullptr && arrival->step.way.deadline <= moment) over.push_back(arrival.get());
    }
    for (Arrival* const arrival : over) {
      const bool begun = arrival->connection->channel.begun();
      pool_.close(*arrival->connection);
      arrival->connection = nullptr;
      answer(*arrival,
             base::fail(Outcome::timeout,
                        begun ? "the server's answer did not end in time" : "the server did not answer in time", {},
                        "timeout"));
      go_on(*arrival);
    }
  }

  void tell() {
    const Micros at = now();
    if (at < next_tell_) return;
    next_tell_ = at + k_tell_every;
    world_.progress(result_, at - start_);
  }

  Micros next_moment() const {
    Micros moment = std::min(next_tell_, now() + 100'000);
    if (!flying_.empty()) moment = std::min(moment, next_look_);
    if (due_ && flying_.size() < most_) moment = std::min(moment, start_ + *due_);
    if (!sleeping_.empty()) moment = std::min(moment, sleeping_.begin()->first);
    return moment;
  }

  const World& world_;
  std::span<const Scenario> scenarios_;
  std::vector<hurl::Variables> variables_;  // of each scenario
  hurl::RunOptions options_;
  const Shape& shape_;
  Plan plan_;
  std::size_t most_;
  Pool pool_;
  Watch watch_;
  std::deque<hurl::Surroundings> around_;
  Measurement result_;
  std::vector<std::unique_ptr<Arrival>> flying_;
  std::multimap<Micros, Arrival*> sleeping_;
  std::optional<Micros> due_;  // of the next arrival, from the start
  std::size_t turn_ = 0;
  bool full_ = false;
  Micros start_ = 0;
  Micros end_ = 0;
  Micros free_since_ = 0;
  Micros last_end_ = 0;
  Micros next_look_ = 0;
  Micros next_tell_ = 0;
};

}  // namespace

Micros Shape::span() const {
  Micros all = warm_up + (users > 0 ? lasts : 0);
  for (const Stage& stage : stages) all += stage.lasts;
  return all;
}

double Measurement::late_share(Micros than) const {
  return late.count() == 0 ? 0 : static_cast<double>(late.count_above(than)) / static_cast<double>(late.count());
}

base::Result<Measurement> run(const World& world, std::span<const Scenario> scenarios, const hurl::Variables& variables,
                              const hurl::RunOptions& options, const Shape& shape,
                              std::span<const Threshold> thresholds) {
  return Engine(world, scenarios, variables, options, shape, thresholds).run();
}

}  // namespace sentimark::load
