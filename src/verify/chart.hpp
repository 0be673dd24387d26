// A chart as manifests, rendered by real Helm, with the template line behind each line of them.
#pragma once
#include <string>
#include <vector>

#include "base/result.hpp"
#include "helm/chart.hpp"
#include "helm/values.hpp"
#include "sys/sys.hpp"
#include "verify/finding.hpp"
#include "verify/objects.hpp"
#include "verify/template_marks.hpp"

namespace sentimark::verify {

struct ChartInputs {
  std::string folder;
  std::string helm;  // a path, or a name looked up in PATH
  std::string release;
  std::string namespace_name;
  std::string kube_version;  // as Helm is told; empty: Helm's own
  std::vector<helm::ValueSource> values;
};

class ChartRender {
 public:
  // Renders the chart plain, and twice more with marks, at most: with marks in all templates and, where those change
  // the output, in all but the helpers. Errors: config for a chart, values or a template that Helm refuses, with Helm's
  // own words; config for a helm that cannot be started; timeout.
  static base::Result<ChartRender> make(sys::Sys& sys, ChartInputs inputs);

  // The manifests as one source of objects.
  SourceText source() const { return {inputs_.folder + " as rendered", plain_}; }

  // Of the canonical package and of the merged values, as a deploy has them: 64 hexadecimal digits each.
  const std::string& package_sha256() const { return package_sha256_; }
  const std::string& values_sha256() const { return values_sha256_; }

  struct Place {
    std::string file;
    std::size_t line = 0;  // 0: not known
    std::string text;      // of that line
  };
  // Where a line of the manifests, from 1, came from.
  Place place_of(std::size_t line) const;
  // A file of the chart by the path that place_of gives it; empty when there is none.
  std::string text_of(const std::string& file) const;

  // Gives each finding that stands in the manifests the file and line of its template, or line 0 and the template's
  // file where no mark tells it.
  void locate(const Objects& objects, std::size_t source, std::vector<Finding>& findings) const;

  // Names the values key behind a finding where one can be shown to be: the chart is rendered again with the key
  // changed, and what the finding points at has changed too. At most 24 renders.
  void find_values(sys::Sys& sys, const Objects& objects, std::size_t source, std::vector<Finding>& findings) const;

 private:
  base::Result<std::string> render(sys::Sys& sys, const std::string& package, const std::string& values,
                                   bool raw) const;
  base::Done map_lines(sys::Sys& sys);
  std::string path_of(std::size_t file) const;
  void name_value(const std::vector<std::string>& keys, Finding& finding) const;

  ChartInputs inputs_;
  helm::Chart chart_;
  std::string package_;
  std::string package_sha256_;
  std::string values_text_;
  std::string values_sha256_;
  json::Value all_values_;  // with the chart's own beneath
  std::string plain_;
  std::vector<TemplateLine> lines_;   // of each line of the manifests
  std::vector<std::size_t> sources_;  // the template of each line, by the "# Source:" above it; its number of files
};

}  // namespace sentimark::verify
