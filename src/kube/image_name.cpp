#include "kube/image_name.hpp"

namespace sentimark::kube {

ImageName image_name(std::string_view image) {
  ImageName name;
  if (const std::size_t at = image.find('@'); at != std::string_view::npos) {
    name.digest = true;
    image = image.substr(0, at);
  }
  const std::size_t colon = image.rfind(':');
  // A colon before the last slash is the registry's port.
  if (colon != std::string_view::npos && image.find('/', colon) == std::string_view::npos)
    name.tag = image.substr(colon + 1);
  return name;
}

}  // namespace sentimark::kube
