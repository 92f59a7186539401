// SPDX-License-Identifier: MIT
#include "gui/model/sending.h"

#include "tests/support/temp_folder.h"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace coterie::gui;
namespace fs = std::filesystem;

namespace {

fs::path write(const fs::path& path, std::size_t bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << std::string(bytes, 'x');
  return path;
}

std::vector<fs::path> paths_of(const Gathered& all) {
  std::vector<fs::path> paths;
  for (const auto& file : all.files) paths.push_back(file.path);
  return paths;
}

std::vector<std::string> names_of(const Gathered& all) {
  std::vector<std::string> names;
  for (const auto& file : all.files) names.push_back(file.name);
  return names;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(sending)

BOOST_AUTO_TEST_CASE(a_folder_gives_every_file_in_it_once_in_order_with_their_size) {
  const coterie::test::TempFolder place;
  const auto folder = place.path() / "photos";
  const auto second = write(folder / "b.jpg", 20);
  const auto deep = write(folder / "a" / "c.jpg", 300);
  const auto all = gather_files({folder, second});
  BOOST_TEST((paths_of(all) == std::vector<fs::path>{deep, second}));
  BOOST_TEST(all.bytes == 320U);
  BOOST_TEST(all.folders.size() == 1U);
  BOOST_TEST(all.left_out == 0U);
  BOOST_TEST(!all.has_too_many);
}

BOOST_AUTO_TEST_CASE(a_file_out_of_a_folder_is_offered_with_its_folders_in_its_name) {
  const coterie::test::TempFolder place;
  const auto folder = place.path() / "Alps";
  write(folder / "view.jpg", 1);
  write(folder / "day 2" / "view.jpg", 2);
  write(folder / "day 2" / "evening" / "view.jpg", 3);
  const auto alone = write(place.path() / "route.gpx", 4);
  const auto all = gather_files({folder / "", alone});
  const std::vector<std::string> names{"Alps - day 2 - evening - view.jpg", "Alps - day 2 - view.jpg",
                                       "Alps - view.jpg", "route.gpx"};
  BOOST_TEST(names_of(all) == names, boost::test_tools::per_element());
  BOOST_TEST(!all.is_one_folder());
  BOOST_TEST(gather_files({folder}).is_one_folder());
  BOOST_TEST(gather_files({folder / ""}).folders.front() == "Alps");
}

BOOST_AUTO_TEST_CASE(numbered_files_go_in_the_order_of_their_numbers) {
  const coterie::test::TempFolder place;
  const auto folder = place.path() / "Alps";
  for (const auto* name : {"view10.jpg", "view2.jpg", "view1.jpg"}) write(folder / name, 1);
  const std::vector<std::string> names{"Alps - view1.jpg", "Alps - view2.jpg", "Alps - view10.jpg"};
  BOOST_TEST(names_of(gather_files({folder})) == names, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_name_that_would_be_too_long_keeps_the_nearest_folders) {
  const coterie::test::TempFolder place;
  const auto folder = place.path() / std::string(120, 'a');
  write(folder / std::string(120, 'b') / "c" / "view.jpg", 1);
  const auto all = gather_files({folder});
  BOOST_TEST(all.files.front().name == std::string(120, 'b') + " - c - view.jpg");
}

BOOST_AUTO_TEST_CASE(links_inside_a_folder_are_left_out_and_a_chosen_one_is_followed) {
  const coterie::test::TempFolder place;
  const auto outside = write(place.path() / "diary.txt", 5);
  const auto folder = place.path() / "photos";
  const auto photo = write(folder / "a.jpg", 7);
  fs::create_symlink(outside, folder / "link.txt");
  const auto inside = gather_files({folder});
  BOOST_TEST((paths_of(inside) == std::vector<fs::path>{photo}));
  BOOST_TEST(inside.bytes == 7U);
  BOOST_TEST(inside.left_out == 1U);
  BOOST_TEST(gather_files({folder / "link.txt"}).files.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_counted_and_not_sent) {
  const coterie::test::TempFolder place;
  const auto all = gather_files({place.path() / "nothing.jpg"});
  BOOST_TEST(all.files.empty());
  BOOST_TEST(all.left_out == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
