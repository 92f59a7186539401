// SPDX-License-Identifier: MIT
// How others can reach this computer: its addresses, and which of its ports are taken.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace coterie::gui {

// This computer's IPv4 addresses in its networks, those most people can use first; never loopback.
std::vector<std::string> own_addresses();

// Whether a program of this computer listens at that address of its own. Answered at once: nothing leaves the computer.
bool is_listening(const std::string& own_address, std::uint16_t port);

// Whether a relay could listen there on all addresses.
bool is_port_free(std::uint16_t port);
// One the system chooses; 0 when it has none.
std::uint16_t free_port();

}   // namespace coterie::gui
