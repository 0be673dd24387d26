// YAML-*: what reads well and means something else.
#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "json/text.hpp"
#include "kube/pod_template.hpp"
#include "verify/rules.hpp"
#include "verify/text_pitfalls.hpp"

namespace sentimark::verify {
namespace {

using Lines = std::set<std::pair<std::size_t, std::uint32_t>>;  // source and line of what is told already

constexpr std::int64_t k_largest_mode = 0777;

class Types {
 public:
  Types(const Objects& objects, std::vector<Finding>& findings, Lines& told)
      : objects_(objects), findings_(findings), told_(told) {}

  void look(std::size_t object) {
    object_ = object;
    const json::Value& value = objects_.values[object];
    const std::string& kind = value["kind"].string_or_empty();
    metadata(value["metadata"], "metadata");
    const json::Value& selector = value["spec"]["selector"];
    if (selector.has("matchLabels")) {
      all_strings(selector["matchLabels"], "spec.selector.matchLabels");
    } else if (kind == "Service" || kind == "ReplicationController") {
      all_strings(selector, "spec.selector");
    }
    if (kind == "ConfigMap") all_strings(value["data"], "data");
    if (kind == "Secret") {
      all_strings(value["stringData"], "stringData");
      all_strings(value["data"], "data");
    }
    for (const kube::PodTemplate& pod : kube::pod_templates(value)) {
      if (pod.metadata_path != "metadata") metadata(*pod.metadata, pod.metadata_path);
      all_strings((*pod.spec)["nodeSelector"], pod.spec_path + ".nodeSelector");
      for (const kube::Container& container : kube::containers_of(pod)) look_at(container);
      modes((*pod.spec)["volumes"], pod.spec_path + ".volumes");
    }
  }

 private:
  void metadata(const json::Value& metadata, const std::string& path) {
    all_strings(metadata["labels"], path + ".labels");
    all_strings(metadata["annotations"], path + ".annotations");
  }

  void look_at(const kube::Container& container) {
    const json::Array& variables = (*container.value)["env"].items();
    for (std::size_t i = 0; i < variables.size(); ++i)
      one_string(variables[i]["value"], container.path + ".env[" + std::to_string(i) + "].value");
    one_string((*container.value)["image"], container.path + ".image");
    for (const std::string_view list : {"command", "args"}) {
      const json::Array& words = (*container.value)[list].items();
      for (std::size_t i = 0; i < words.size(); ++i)
        one_string(words[i], container.path + "." + std::string(list) + "[" + std::to_string(i) + "]");
    }
  }

  void all_strings(const json::Value& map, const std::string& path) {
    for (const json::Member& member : map.members()) one_string(member.second, path + "['" + member.first + "']");
  }

  void one_string(const json::Value& value, const std::string& path) {
    if (value.is_string() || value.is_null()) return;
    Finding finding = at(objects_, object_, "YAML-TYPE", Verdict::fail, path,
                         "the API server wants a string here and gets the " + std::string(value.type_name()) + " " +
                             base::shorten(json::to_text(value), 60),
                         "put it in quotes");
    told_.emplace(objects_.origins[object_].source, finding.mark.line);
    findings_.push_back(std::move(finding));
  }

  // A mode is a number: 0644 or, in JSON, 420. 644 is neither.
  void modes(const json::Value& volumes, const std::string& path) {
    static constexpr std::array<std::int64_t, 4> k_meant_octal{400, 440, 444, 500};
    for (std::size_t i = 0; i < volumes.items().size(); ++i) {
      for (const json::Member& source : volumes.items()[i].members()) {
        const json::Value& mode = source.second["defaultMode"];
        if (!mode.is_number()) continue;
        const std::int64_t number = mode.int_or(-1);
        const std::string place = path + "[" + std::to_string(i) + "]." + source.first + ".defaultMode";
        const std::string digits = std::to_string(number);
        if (number < 0 || number > k_largest_mode) {
          findings_.push_back(at(objects_, object_, "YAML-OCTAL", Verdict::fail, place,
                                 "mode " + digits + " is more than 0777: the API server refuses it",
                                 "write it with a leading zero, as 0" + digits));
        } else if (std::find(k_meant_octal.begin(), k_meant_octal.end(), number) != k_meant_octal.end()) {
          findings_.push_back(at(objects_, object_, "YAML-OCTAL", Verdict::warn, place,
                                 "mode " + digits + " without a leading zero is a number in base ten",
                                 "write 0" + digits));
        }
      }
    }
  }

  const Objects& objects_;
  std::vector<Finding>& findings_;
  Lines& told_;
  std::size_t object_ = 0;
};

Finding of_note(const Objects& objects, const Objects::Noted& noted, std::string_view rule, Verdict verdict,
                std::string message, std::string fix) {
  Finding finding = at(objects, noted.object, rule, verdict, "", std::move(message), std::move(fix));
  finding.path = noted.note.key;
  finding.mark = noted.note.mark;
  return finding;
}

void add_note(const Objects& objects, const Objects::Noted& noted, const Lines& told, std::vector<Finding>& findings) {
  using Kind = yaml::Note::Kind;
  const yaml::Note& note = noted.note;
  const bool told_already = told.contains({noted.source, note.mark.line});
  const auto add = [&](std::string_view rule, Verdict verdict, std::string message, std::string fix) {
    findings.push_back(of_note(objects, noted, rule, verdict, std::move(message), std::move(fix)));
  };
  switch (note.kind) {
    case Kind::duplicate_key:
      if (note.at_root && (note.text == "apiVersion" || note.text == "kind")) {
        add("YAML-SEPARATOR", Verdict::fail,
            "a second object begins in the same document (the first at line " + std::to_string(note.other.line) +
                "): only the last one is applied",
            "write --- between the two");
      } else {
        add("YAML-DUPKEY", Verdict::fail,
            "the key " + note.text + " stands twice, first at line " + std::to_string(note.other.line) +
                ": the last one wins",
            "remove one of the two");
      }
      return;
    case Kind::truthy:
      if (told_already) return;
      if (note.key == "name" || note.key == "namespace") {
        add("YAML-TYPE", Verdict::fail,
            note.text + " without quotes is a boolean to Kubernetes, and a name is a string", "put it in quotes");
      } else {
        add("YAML-TRUTHY", Verdict::warn, note.text + " is a boolean to Kubernetes and a string to YAML 1.2",
            "write true or false, or put it in quotes");
      }
      return;
    case Kind::octal:
      if (told_already || base::to_lower(note.key).ends_with("mode")) return;
      add("YAML-OCTAL", Verdict::warn, note.text + " is a number in base eight to Kubernetes, in base ten to YAML 1.2",
          "put it in quotes, or write it in base ten");
      return;
    case Kind::octal_1_2:
      add("YAML-OCTAL", Verdict::warn, note.text + " is a number to some readers and a string to others",
          "write it in base ten");
      return;
    case Kind::number:
      if (told_already || note.key == "cpu" || note.key == "memory") return;
      add("YAML-NUMBER", Verdict::warn, note.text + " is a number, and is passed on in another form",
          "put it in quotes where a text is meant");
      return;
    case Kind::unused_anchor:
      add("YAML-ANCHOR", Verdict::warn, "the anchor &" + note.text + " is never used", "remove it");
      return;
  }
}

}  // namespace

void add_pitfalls(const Objects& objects, std::vector<Finding>& findings) {
  Lines told;
  Types types(objects, findings, told);
  for (std::size_t i = 0; i < objects.values.size(); ++i) types.look(i);
  for (const Objects::Noted& noted : objects.notes) add_note(objects, noted, told, findings);
  for (const SourceText& source : objects.sources) {
    for (const TextPitfall& pitfall : text_pitfalls(source.text)) {
      Finding finding;
      finding.rule = pitfall.rule;
      finding.verdict = pitfall.is_error ? Verdict::fail : Verdict::warn;
      finding.level = pitfall.is_error ? "error" : "warning";
      finding.file = source.name;
      finding.mark = pitfall.mark;
      finding.message = pitfall.message;
      finding.fix = pitfall.fix;
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace sentimark::verify
