// The step summary: verdict first, then what a person asks next.
#pragma once
#include <string>

#include "helm_private_deploy/deploy.hpp"

namespace sentimark::helm_private_deploy {

// Markdown. Everything that others wrote (names, messages, helm's output) is escaped or fenced.
std::string summary_of(const Plan& plan, const Report& report);
std::string summary_of(const Plan& plan, const base::Error& error);

// The same for a terminal, without Markdown.
std::string text_of(const Plan& plan, const Report& report);

}  // namespace sentimark::helm_private_deploy
