// SPDX-License-Identifier: MIT
// From where an address can be reached: what is right on the relay's own computer may be of no use in an invite.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coterie::gui {

enum class Reach { computer, network, everywhere };

// `host`: an IPv4 or IPv6 address or a name, without port. By its form alone; nothing is looked up.
Reach reach_of(std::string_view host);

// Addresses of this computer, the ones most people can use first; those without use to anybody else are left out.
std::vector<std::string> best_first(std::vector<std::string> addresses);

}   // namespace coterie::gui
