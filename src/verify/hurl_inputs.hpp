// What the verbs that run .hurl files are given: the files, their variables, secrets, authorities and times.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "hurl/run.hpp"
#include "runner/run_program.hpp"

namespace sentimark::verify {

// Bodies and multipart files of a .hurl file: below its folder, as Hurl has it.
class FolderFiles final : public hurl::Files {
 public:
  FolderFiles(sys::Files& files, const std::string& hurl_file);
  base::Result<std::string> read(std::string_view name) override;

 private:
  sys::Files& files_;
  std::string folder_;
};

// The redactor knows it as it is, and as JSON writes it.
void keep_secret(sys::Sys& sys, std::string_view text);

// Of the inputs variable and secret. Error: usage, for a line that is not name=value.
base::Result<hurl::Variables> read_variables(sys::Sys& sys, const runner::Inputs& inputs);

// Of another input of that form. Error: the same.
base::Result<hurl::Variables> variables_in(const runner::Inputs& inputs, const std::string& input);

// All files are read before the first request, so that all that is wrong with them is told at once: each a remark of
// the ending, the first the error.
base::Result<std::vector<hurl::File>> read_files(sys::Sys& sys, const std::vector<std::string>& names,
                                                 const hurl::RunOptions& options, runner::Ending& ending);

// Error: usage.
base::Result<base::Millis> read_duration(const runner::Inputs& inputs, const std::string& name);

// Error: usage.
base::Result<hurl::RunOptions> read_run_options(sys::Sys& sys, const runner::Inputs& inputs);

// Reads the authorities once, when they are first asked for; at once where ca-file names them. Both arguments must live
// as long as it does. Error: config.
using FindRoots = std::function<base::Result<http1::Roots>()>;
base::Result<FindRoots> root_finder(sys::Sys& sys, const runner::Inputs& inputs);

}  // namespace sentimark::verify
