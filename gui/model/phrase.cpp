// SPDX-License-Identifier: MIT
#include "gui/model/phrase.h"

#include "netcore/base/random.h"

#include <array>

namespace coterie::gui {
namespace {

constexpr std::array<const char*, 512> words{
    "acorn",    "actor",   "adobe",   "agent",    "alarm",     "album",   "alder",    "alley",    "almond",
    "alpine",   "amber",   "anchor",  "angle",    "ankle",     "apple",   "apron",    "arbor",    "arcade",
    "archer",   "arena",   "armor",   "arrow",    "aspen",     "atlas",   "attic",    "autumn",   "avenue",
    "axle",     "bacon",   "badge",   "bagel",    "baker",     "ballad",  "bamboo",   "banana",   "banjo",
    "barber",   "barley",  "barn",    "baron",    "basin",     "basket",  "beacon",   "beaver",   "belfry",
    "bench",    "berry",   "bicycle", "birch",    "biscuit",   "bishop",  "blanket",  "blossom",  "boat",
    "bobbin",   "bonfire", "bonnet",  "border",   "bottle",    "boulder", "bramble",  "brass",    "bread",
    "breeze",   "brick",   "bridge",  "bronze",   "broom",     "brush",   "bubble",   "bucket",   "buffalo",
    "bugle",    "bundle",  "butter",  "button",   "cabin",     "cable",   "cactus",   "camel",    "candle",
    "canoe",    "canvas",  "canyon",  "captain",  "caravan",   "carbon",  "cargo",    "carpet",   "carrot",
    "castle",   "cattle",  "cave",    "cedar",    "cellar",    "cello",   "cement",   "cereal",   "chalk",
    "chapel",   "cherry",  "chess",   "chestnut", "chimney",   "cider",   "cinema",   "citrus",   "clover",
    "coast",    "cobalt",  "cocoa",   "coffee",   "comet",     "compass", "copper",   "coral",    "cotton",
    "cradle",   "crater",  "cricket", "crystal",  "current",   "curtain", "cushion",  "cypress",  "dairy",
    "daisy",    "dancer",  "dawn",    "delta",    "denim",     "desert",  "diamond",  "dinner",   "doctor",
    "dolphin",  "domino",  "donkey",  "dragon",   "drawer",    "drum",    "dune",     "eagle",    "easel",
    "echo",     "eclipse", "elbow",   "elder",    "elm",       "ember",   "emerald",  "engine",   "envoy",
    "evening",  "fabric",  "falcon",  "farmer",   "feather",   "fence",   "fennel",   "ferry",    "fiddle",
    "field",    "finch",   "fiord",   "flame",    "flannel",   "flute",   "foal",     "forest",   "fossil",
    "fountain", "fox",     "freight", "frost",    "galaxy",    "galley",  "garden",   "garlic",   "garnet",
    "gecko",    "geyser",  "ginger",  "giraffe",  "glacier",   "glove",   "goblet",   "golden",   "goose",
    "grain",    "granite", "grape",   "gravel",   "grove",     "guitar",  "gull",     "hammer",   "hammock",
    "harbor",   "harvest", "hazel",   "heather",  "hedge",     "helmet",  "herald",   "heron",    "hickory",
    "hinge",    "hollow",  "honey",   "horizon",  "hornet",    "hotel",   "hunter",   "iceberg",  "igloo",
    "indigo",   "inkwell", "iris",    "island",   "ivory",     "ivy",     "jacket",   "jaguar",   "jasmine",
    "jersey",   "jewel",   "jigsaw",  "jockey",   "jolly",     "journal", "jungle",   "juniper",  "kayak",
    "kernel",   "kettle",  "kitchen", "kite",     "kitten",    "koala",   "ladder",   "lagoon",   "lantern",
    "larch",    "lark",    "lasso",   "laurel",   "lava",      "lemon",   "lentil",   "letter",   "lettuce",
    "lilac",    "lily",    "linen",   "lion",     "lotus",     "lumber",  "lunar",    "lynx",     "magnet",
    "maple",    "marble",  "market",  "marsh",    "meadow",    "medal",   "melon",    "merchant", "meteor",
    "midday",   "mill",    "mineral", "minnow",   "mirror",    "mitten",  "mocha",    "monkey",   "monsoon",
    "moose",    "mosaic",  "moss",    "motor",    "mountain",  "muffin",  "museum",   "mustard",  "napkin",
    "nectar",   "needle",  "nest",    "nettle",   "nickel",    "noodle",  "north",    "novel",    "nugget",
    "nutmeg",   "oasis",   "oatmeal", "ocean",    "octave",    "olive",   "onion",    "opal",     "orange",
    "orbit",    "orchard", "orchid",  "organ",    "otter",     "outpost", "oval",     "owl",      "oxygen",
    "oyster",   "paddle",  "pagoda",  "palace",   "palm",      "pancake", "panda",    "panther",  "papaya",
    "paper",    "parade",  "parcel",  "parrot",   "pasture",   "patrol",  "peach",    "peanut",   "pearl",
    "pebble",   "pelican", "pencil",  "pepper",   "petal",     "phoenix", "piano",    "picnic",   "pigeon",
    "pilot",    "pine",    "pirate",  "planet",   "plaza",     "plum",    "pocket",   "poem",     "polar",
    "pollen",   "pony",    "poplar",  "poppy",    "porcelain", "potato",  "pottery",  "prairie",  "prism",
    "puffin",   "pumpkin", "puzzle",  "pyramid",  "quarry",    "quartz",  "quill",    "quilt",    "quince",
    "rabbit",   "raccoon", "radar",   "radish",   "rainbow",   "raisin",  "ranch",    "raven",    "recipe",
    "reef",     "ribbon",  "ridge",   "river",    "robin",     "rocket",  "rosemary", "rowan",    "rubber",
    "ruby",     "rustic",  "saddle",  "saffron",  "sailor",    "salad",   "salmon",   "sandal",   "sapphire",
    "satin",    "sauna",   "scarf",   "scarlet",  "school",    "scooter", "season",   "seed",     "sequoia",
    "shadow",   "shell",   "shovel",  "sierra",   "silk",      "silver",  "siren",    "sketch",   "slate",
    "sleigh",   "smoke",   "snail",   "snow",     "socket",    "sonata",  "sparrow",  "spice",    "spider",
    "spiral",   "spruce",  "squash",  "squid",    "stable",    "stadium", "starling", "station",  "steam",
    "stone",    "storm",   "stream",  "studio",   "sugar",     "summer",  "sunset",   "surf",     "swallow",
    "swan",     "syrup",   "table",   "tailor",   "tango",     "tavern",  "teapot",   "temple",   "tender",
    "tennis",   "thistle", "thread",  "thunder",  "ticket",    "tiger",   "timber",   "toast",    "toffee",
    "tomato",   "topaz",   "torch",   "tower",    "tractor",   "trail",   "treasure", "trolley",  "trumpet",
    "tulip",    "tundra",  "tunnel",  "turnip",   "turtle",    "tweed",   "twilight", "umbrella", "unicorn",
    "upland",   "valley",  "vanilla", "velvet",   "vessel",    "village", "vine",     "violet",   "violin",
    "vista",    "volcano", "voyage",  "waffle",   "wagon",     "walnut",  "walrus",   "water",    "wheat",
    "whistle",  "willow",  "window",  "winter",   "wisdom",    "wizard",  "wolf",     "wonder",   "wool",
    "yacht",    "yellow",  "yogurt",  "zebra",    "zenith",    "zephyr",  "zinc",     "zodiac",
};
static_assert(words.back() != nullptr, "all 512 are there");

}   // namespace

std::string suggest_phrase(std::size_t count) {
  std::string phrase;
  for (std::size_t i = 0; i < count; ++i) {
    ByteArray<2> drawn{};
    fill_random(drawn);
    if (!phrase.empty()) phrase.push_back(' ');
    phrase += words.at(load_be<std::uint16_t>(drawn.data()) % words.size());
  }
  return phrase;
}

}   // namespace coterie::gui
