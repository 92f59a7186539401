#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What can be known here of the installers for macOS and Windows, and of the workflow that builds them there: the settings CMake makes of
them, and that every file they name exists."""

import json
import pathlib
import plistlib
import re
import shutil
import struct
import tempfile
import unittest
import uuid
import xml.etree.ElementTree

import checks

VERSION = checks.cache_value("CMAKE_PROJECT_VERSION")


class Configured(unittest.TestCase):
    """packaging/ configured for a system that is not this one."""

    system = None

    def setUp(self):
        if self.system is None:
            self.skipTest("only what comes below is a system")
        checks.need("cmake", "ninja", "gcc", "g++")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="coterie-other-"))
        self.addCleanup(shutil.rmtree, self.folder)
        source = checks.SOURCE / "tests" / "packaging" / "other_system"
        code, text = checks.run("cmake", "-G", "Ninja", "-S", source, "-B", self.folder, f"-DPRETEND_SYSTEM={self.system}",
                                f"-DCMAKE_TOOLCHAIN_FILE={source}/pretend.cmake", f"-DCOTERIE_VERSION={VERSION}")
        self.assertEqual(code, 0, text)
        settings = (self.folder / "CPackConfig.cmake").read_text()
        self.settings = dict(re.findall(r'^set\((CPACK_\w+) "(.*)"\)$', settings, re.MULTILINE))

    def assert_files_exist(self, *names):
        for name in names:
            self.assertTrue(pathlib.Path(self.settings[name]).is_file(), self.settings[name])


class MacOS(Configured):
    system = "Darwin"

    def test_the_bundle_says_what_the_system_wants_to_know(self):
        with open(self.folder / "Coterie.app" / "Contents" / "Info.plist", "rb") as file:
            said = plistlib.load(file)
        self.assertEqual(said["CFBundleIdentifier"], checks.APP_ID)
        self.assertEqual(said["CFBundleExecutable"], "Coterie")
        self.assertEqual((said["CFBundleShortVersionString"], said["CFBundleVersion"]), (VERSION, VERSION))
        self.assertEqual(said["CFBundleURLTypes"][0]["CFBundleURLSchemes"], ["coterie"])
        self.assertEqual(said["CFBundleIconFile"], "coterie.icns")
        self.assertEqual(said["LSMinimumSystemVersion"], "11.0")
        self.assertTrue(said["NSHighResolutionCapable"])

    def test_the_package_is_a_disk_image_of_the_bundle_alone(self):
        self.assertEqual(self.settings["CPACK_GENERATOR"], "DragNDrop")
        self.assertEqual(self.settings["CPACK_COMPONENTS_ALL"], "coterie")
        self.assertEqual(self.settings["CPACK_DMG_VOLUME_NAME"], f"Coterie {VERSION}")
        self.assert_files_exist("CPACK_RESOURCE_FILE_LICENSE")
        self.assertIn("Resources/coterie.icns", (self.folder / "build.ninja").read_text())


class Windows(Configured):
    system = "Windows"

    def test_the_package_is_an_installer_that_replaces_older_ones(self):
        self.assertEqual(self.settings["CPACK_GENERATOR"], "WIX")
        # Never another one: Windows would keep the old version beside the new.
        self.assertEqual(uuid.UUID(self.settings["CPACK_WIX_UPGRADE_GUID"]), uuid.UUID("7e0c3b52-9d8b-4c54-9e0f-5b1b7a4e2c86"))
        self.assert_files_exist("CPACK_WIX_PRODUCT_ICON", "CPACK_WIX_PATCH_FILE", "CPACK_RESOURCE_FILE_LICENSE")
        self.assertTrue(self.settings["CPACK_RESOURCE_FILE_LICENSE"].endswith(".txt"))

    def test_the_program_carries_its_version_and_icon(self):
        resource = (self.folder / "packaging" / "coterie.rc").read_text()
        self.assertIn(f"FILEVERSION {VERSION.replace('.', ',')},0", resource)
        self.assertNotRegex(resource, r"@\w+@")
        self.assertTrue((self.folder / "packaging" / "coterie.ico").is_file())
        self.assertIn("coterie.rc", (self.folder / "build.ninja").read_text())

    def test_invite_links_open_the_installed_program(self):
        patch = xml.etree.ElementTree.parse(checks.PACKAGING / "windows" / "links.xml").getroot()
        self.assertEqual(patch.find("CPackWiXFragment").get("Id"), "CM_CP_coterie.exe")
        commands = [value.get("Value") for key in patch.iter("RegistryKey") if key.get("Key") == r"shell\open\command" for value in key]
        self.assertEqual(commands, ['"[INSTALL_ROOT]coterie.exe" "%1"'])


class Release(unittest.TestCase):
    def test_the_icons_hold_a_picture_for_every_size(self):
        content = (checks.PACKAGING / "icons" / "coterie.ico").read_bytes()
        _, kind, count = struct.unpack_from("<HHH", content)
        self.assertEqual((kind, count), (1, 8))
        for index in range(count):
            size, offset = struct.unpack_from("<II", content, 6 + 16 * index + 8)
            self.assertEqual(content[offset:offset + 4], b"\x89PNG")
            self.assertLessEqual(offset + size, len(content))
        content = (checks.PACKAGING / "icons" / "coterie.icns").read_bytes()
        self.assertEqual((content[:4], struct.unpack_from(">I", content, 4)[0]), (b"icns", len(content)))

    def test_the_list_of_libraries_is_of_this_version(self):
        listed = json.loads((checks.SOURCE / "vcpkg.json").read_text())
        self.assertEqual((listed["name"], listed["version"]), ("coterie", VERSION))

    def test_the_release_workflow_can_be_read_and_runs_what_exists(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("missing: python3-yaml for this interpreter")
        workflow = yaml.safe_load((checks.SOURCE / ".github" / "workflows" / "release.yml").read_text())
        self.assertEqual(set(workflow["jobs"]), {"deb", "msi", "dmg"})
        presets = {preset["name"] for preset in json.loads((checks.SOURCE / "CMakePresets.json").read_text())["configurePresets"]}
        for name, job in workflow["jobs"].items():
            commands = " ".join(step.get("run", "") for step in job["steps"])
            with self.subTest(job=name):
                for preset in re.findall(r"--preset (\S+)", commands):
                    self.assertIn(preset, presets)
                self.assertTrue("./dev package" in commands or "--target package" in commands)
                for command in re.findall(r"\./dev (\S+)", commands):
                    self.assertIn(f"  {command}) cmd_", (checks.SOURCE / "dev").read_text().replace("asan | tsan", "asan"))


if __name__ == "__main__":
    checks.main()
