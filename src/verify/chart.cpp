#include "verify/chart.hpp"

#include <algorithm>
#include <map>

#include "agent/children.hpp"
#include "base/text.hpp"
#include "helm/package.hpp"

namespace sentimark::verify {
namespace {

using base::Outcome;

constexpr base::Millis k_render_timeout{60'000};
constexpr std::size_t k_words_told = 2'000;  // of Helm
constexpr std::string_view k_source = "# Source: ";
// A file that is no YAML makes Helm print every template as it came out of the engine, with --debug and exit code 1:
// neither parsed nor sorted, so that marks need not be YAML (helm pkg/action, renderResources).
constexpr std::string_view k_no_yaml = "templates/zz-sentimark-is-no-yaml.yaml";

bool is_template(const std::string& path) {
  return path.starts_with("templates/") || base::contains(path, "/templates/");
}

bool is_helper(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.starts_with('_') || !(name.ends_with(".yaml") || name.ends_with(".yml"));
}

// What each template gave, by the path that Helm calls it: "chart/templates/x.yaml". Helm prints hooks once more at the
// end: the first counts.
std::map<std::string, std::string> raw_templates(const std::string& printed) {
  std::map<std::string, std::string> templates;
  const std::string start = "---\n" + std::string(k_source);
  std::size_t at = printed.starts_with(start) ? 0 : printed.find("\n" + start);
  while (at != std::string::npos) {
    if (printed[at] == '\n') ++at;
    const std::size_t name = at + start.size();
    const std::size_t line_end = printed.find('\n', name);
    if (line_end == std::string::npos) break;
    const std::size_t next = printed.find("\n" + start, line_end);
    std::string text = printed.substr(line_end + 1, next == std::string::npos ? next : next - line_end);
    while (text.ends_with('\n')) text.pop_back();  // Helm ends the last one in another way than the others
    templates.emplace(printed.substr(name, line_end - name), std::move(text));
    at = next;
  }
  return templates;
}

base::Result<helm::Package> packed(const helm::Chart& chart, bool marks, bool helpers) {
  helm::Chart copy = chart;
  for (std::size_t i = 0; i < copy.entries.size(); ++i) {
    pack::Entry& entry = copy.entries[i];
    if (!marks || !is_template(entry.path) || (!helpers && is_helper(entry.path)) || entry.path.ends_with("NOTES.txt"))
      continue;
    entry.bytes = with_marks(entry.bytes, i);
  }
  copy.entries.push_back({std::string(k_no_yaml), "{", false});
  return helm::package(copy);
}

}  // namespace

base::Result<ChartRender> ChartRender::make(sys::Sys& sys, ChartInputs inputs) {
  ChartRender made;
  made.inputs_ = std::move(inputs);
  while (made.inputs_.folder.size() > 1 && made.inputs_.folder.back() == '/') made.inputs_.folder.pop_back();
  SENTIMARK_LET(chart, helm::load_chart(sys.files, made.inputs_.folder));
  made.chart_ = std::move(chart);
  SENTIMARK_LET(values, helm::merge_values(made.inputs_.values));
  made.values_text_ = std::move(values.text);
  made.values_sha256_ = std::move(values.sha256);
  std::vector<helm::ValueSource> all = made.inputs_.values;
  for (const pack::Entry& entry : made.chart_.entries) {
    if (entry.path == "values.yaml") all.insert(all.begin(), {made.inputs_.folder + "/values.yaml", entry.bytes});
  }
  SENTIMARK_LET(merged, helm::merge_values(all));
  made.all_values_ = std::move(merged.merged);
  SENTIMARK_LET(package, helm::package(made.chart_));
  made.package_ = std::move(package.tgz);
  made.package_sha256_ = std::move(package.sha256);
  SENTIMARK_LET(plain, made.render(sys, made.package_, made.values_text_, false));
  made.plain_ = std::move(plain);
  SENTIMARK_TRY(made.map_lines(sys));
  return made;
}

base::Result<std::string> ChartRender::render(sys::Sys& sys, const std::string& package, const std::string& values,
                                              bool raw) const {
  SENTIMARK_LET(folder, sys.files.make_private_dir(sys.env.get_or("RUNNER_TEMP", sys.env.get_or("TMPDIR", "/tmp"))));
  base::Done written = sys.files.write(folder + "/chart.tgz", package, 0600);
  if (written) written = sys.files.write(folder + "/values.json", values, 0600);
  std::vector<std::string> argv{
      inputs_.helm,           "template", inputs_.release,        folder + "/chart.tgz", "--namespace",
      inputs_.namespace_name, "--values", folder + "/values.json"};
  if (!inputs_.kube_version.empty()) argv.insert(argv.end(), {"--kube-version", inputs_.kube_version});
  if (raw) argv.emplace_back("--debug");
  agent::Children children(sys);
  auto done = written ? children.run(std::move(argv), {}, k_render_timeout)
                      : base::Result<agent::Finished>(std::move(written).error());
  (void)sys.files.remove_tree(folder);
  if (!done) return std::move(done).error().within("rendering the chart " + inputs_.folder);
  if (done->cut) return base::fail(Outcome::config, "chart " + inputs_.folder + " renders to more than 64 MiB");
  if (!raw && done->exit_code != 0)
    return base::fail(Outcome::config,
                      "helm cannot render " + inputs_.folder + ": " +
                          base::shorten(base::one_line(base::replace_all(done->err, folder + "/", "")), k_words_told),
                      "correct the chart or its values");
  return std::move(done->out);
}

// From a line of the manifests to the same line of what its template gave, and from there by the marks.
base::Done ChartRender::map_lines(sys::Sys& sys) {
  struct Source {
    std::size_t file;
    std::string raw;
    std::vector<TemplateLine> lines;  // empty: no mark tells
  };
  std::map<std::string, Source> sources;
  const std::string prefix = chart_.name + "/";
  for (std::size_t i = 0; i < chart_.entries.size(); ++i) sources[prefix + chart_.entries[i].path] = {i, {}, {}};
  SENTIMARK_LET(bare, packed(chart_, false, false));
  SENTIMARK_LET(printed, render(sys, bare.tgz, values_text_, true));
  for (auto& [name, text] : raw_templates(printed)) {
    if (const auto found = sources.find(name); found != sources.end()) found->second.raw = std::move(text);
  }
  for (const bool helpers : {true, false}) {
    SENTIMARK_LET(package, packed(chart_, true, helpers));
    auto marked = render(sys, package.tgz, values_text_, true);
    if (!marked) continue;
    for (auto& [name, text] : raw_templates(*marked)) {
      const auto found = sources.find(name);
      if (found == sources.end() || !found->second.lines.empty() || found->second.raw.empty()) continue;
      if (without_marks(text) == found->second.raw) found->second.lines = lines_of_marks(text);
    }
  }
  const std::size_t none = chart_.entries.size();
  const std::vector<std::string> lines = base::split(plain_, '\n');
  lines_.assign(lines.size(), {});
  sources_.assign(lines.size(), none);
  for (std::size_t i = 0; i < lines.size();) {
    std::size_t end = i + 1;
    while (end < lines.size() && lines[end] != "---") ++end;
    const bool named = lines[i] == "---" && i + 1 < lines.size() && lines[i + 1].starts_with(k_source);
    const auto source = named ? sources.find(lines[i + 1].substr(k_source.size())) : sources.end();
    if (source != sources.end()) {
      std::string text;
      for (std::size_t k = i + 2; k < end; ++k) text += lines[k] + "\n";
      const std::string_view document = base::trim(text);
      const std::string& raw = source->second.raw;
      const std::size_t at = raw.find(document);
      const bool only_one = at != std::string::npos && raw.find(document, at + 1) == std::string::npos;
      const std::size_t skipped =
          static_cast<std::size_t>(std::count(text.begin(), text.begin() + (document.data() - text.data()), '\n'));
      const auto first = static_cast<std::size_t>(
          std::count(raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(only_one ? at : 0), '\n'));
      for (std::size_t k = i; k < end; ++k) sources_[k] = source->second.file;
      for (std::size_t k = i + 2 + skipped; only_one && k < end; ++k) {
        const std::size_t line = first + (k - i - 2 - skipped);
        if (line < source->second.lines.size()) lines_[k] = source->second.lines[line];
      }
    }
    i = end;
  }
  return {};
}

std::string ChartRender::path_of(std::size_t file) const { return inputs_.folder + "/" + chart_.entries[file].path; }

ChartRender::Place ChartRender::place_of(std::size_t line) const {
  if (line == 0 || line > lines_.size() || lines_[line - 1].line == 0) return {};
  const TemplateLine& from = lines_[line - 1];
  const std::vector<std::string> lines = base::lines_of(chart_.entries[from.file].bytes);
  if (from.line > lines.size()) return {};
  return {path_of(from.file), from.line, lines[from.line - 1]};
}

std::string ChartRender::text_of(const std::string& file) const {
  for (std::size_t i = 0; i < chart_.entries.size(); ++i) {
    if (path_of(i) == file) return chart_.entries[i].bytes;
  }
  return {};
}

void ChartRender::locate(const Objects& objects, std::size_t source, std::vector<Finding>& findings) const {
  for (Finding& finding : findings) {
    if (finding.file != objects.sources[source].name) continue;
    const std::size_t line = finding.mark.line;
    finding.mark = {};
    finding.file = inputs_.folder;
    if (line == 0 || line > lines_.size()) continue;
    if (sources_[line - 1] < chart_.entries.size()) finding.file = path_of(sources_[line - 1]);
    if (lines_[line - 1].line == 0) continue;
    finding.file = path_of(lines_[line - 1].file);
    finding.mark = {lines_[line - 1].line, 1};
  }
}

}  // namespace sentimark::verify
