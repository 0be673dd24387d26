// Figures as people read them in reports.
#pragma once
#include <string>

namespace sentimark::verify {

std::string figure(double value);        // three decimals: "12.500"; what is negative is 0
std::string millis_text(double micros);  // "1.250 ms"
std::string percent_text(double share);  // "1.250 %"; may be negative

}  // namespace sentimark::verify
