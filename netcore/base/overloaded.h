// SPDX-License-Identifier: MIT
// Makes one visitor of several lambdas: std::visit(overloaded{[](const A&) {}, [](const B&) {}}, variant).
#pragma once

namespace coterie {

template <class... F>
struct overloaded : F... {
  using F::operator()...;
};
template <class... F>
overloaded(F...) -> overloaded<F...>;

}   // namespace coterie
