// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include <iostream>
#include <new>
#include <type_traits>

#include "netcore/base/secret.h"

using namespace coterie;

namespace {

struct OnePurpose;
struct OtherPurpose;

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

std::string text_of(const SecretBytes& secret) { return std::string(as_text(secret.view())); }

}   // namespace

BOOST_AUTO_TEST_SUITE(secret)

BOOST_AUTO_TEST_CASE(L02_a_secret_is_neither_copied_by_accident_nor_printed) {
  static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);
  static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);
  static_assert(!Printable<SecretBytes>);
  using OneKey = Key<OnePurpose>;
  static_assert(!std::is_copy_constructible_v<OneKey> && !std::is_copy_assignable_v<OneKey>);
  static_assert(!std::is_convertible_v<OneKey, Key<OtherPurpose>> &&
                !std::is_constructible_v<Key<OtherPurpose>, OneKey>);
  static_assert(!Printable<OneKey>);
  BOOST_TEST(OneKey::size == 32U);
}

BOOST_AUTO_TEST_CASE(wiping_leaves_zeros) {
  Bytes bytes(100, 0xaa);
  wipe(bytes.data(), 50);
  BOOST_TEST((std::count(bytes.begin(), bytes.end(), 0) == 50));
  BOOST_TEST(bytes[50] == 0xaaU);
  wipe(nullptr, 0);
}

BOOST_AUTO_TEST_CASE(a_secret_that_moved_leaves_nothing_behind) {
  SecretBytes first(as_bytes("password"));
  SecretBytes second(std::move(first));
  BOOST_TEST(first.empty());   // NOLINT: that is what is tested
  BOOST_TEST(text_of(second) == "password");
  SecretBytes third(as_bytes("older"));
  third = std::move(second);
  BOOST_TEST(second.empty());   // NOLINT
  BOOST_TEST(text_of(third) == "password");
  const auto copy = third.copy();
  BOOST_TEST(text_of(copy) == text_of(third));
  third.clear();
  BOOST_TEST(third.size() == 0U);
  BOOST_TEST(copy.size() == 8U);
}

BOOST_AUTO_TEST_CASE(taking_a_text_wipes_it) {
  std::string typed = "a password that does not fit into a short string";
  const char* memory = typed.data();
  const auto size = typed.size();
  const auto taken = SecretBytes::take(typed);
  BOOST_TEST(text_of(taken) == "a password that does not fit into a short string");
  BOOST_TEST(typed.empty());
  // The memory still belongs to `typed`.
  BOOST_TEST(typed.capacity() >= size);
  BOOST_TEST((std::count(memory, memory + size, '\0') == static_cast<std::ptrdiff_t>(size)));
}

BOOST_AUTO_TEST_CASE(a_key_wipes_its_memory_when_it_goes_and_when_it_moves) {
  using OneKey = Key<OnePurpose>;
  alignas(OneKey) unsigned char memory[sizeof(OneKey)];
  auto* key = new (memory) OneKey(OneKey::from(Bytes(32, 0xaa)));
  auto moved = std::move(*key);
  BOOST_TEST((std::count(memory, memory + sizeof memory, 0) == 32));
  BOOST_TEST((to_bytes(moved.view()) == Bytes(32, 0xaa)));
  *key = std::move(moved);
  BOOST_TEST((to_bytes(key->view()) == Bytes(32, 0xaa)));
  BOOST_TEST((to_bytes(key->copy().view()) == Bytes(32, 0xaa)));
  key->~OneKey();
  BOOST_TEST((std::count(memory, memory + sizeof memory, 0) == 32));
}

BOOST_AUTO_TEST_CASE(a_key_assigned_to_itself_stays) {
  auto key = Key<OnePurpose>::from(Bytes(32, 7));
  auto& same = key;
  key = std::move(same);
  BOOST_TEST((to_bytes(key.view()) == Bytes(32, 7)));
}

BOOST_AUTO_TEST_SUITE_END()
