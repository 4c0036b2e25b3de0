//! What Vulkan needs before it can offer an adapter: its loader, and a file that names a driver.

use std::fs;
use std::path::{Path, PathBuf};

/// The library that finds drivers.
const LOADER: &str = "libvulkan.so.1";

/// Folders of libraries, beside those of `LD_LIBRARY_PATH` and of the linker's cache.
const LIBRARIES: [&str; 5] = ["lib64", "usr/lib64", "lib", "usr/lib", "usr/local/lib"];

/// Variables that name driver files in place of the usual folders, the newer one first.
const NAMED: [&str; 2] = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"];

/// Where driver files lie in a folder of settings or of data.
const DRIVERS: &str = "vulkan/icd.d";

/// What there is of Vulkan on a Linux machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VulkanFiles {
    /// Whether the loader is there.
    pub loader: bool,
    /// Driver files, as JSON.
    pub drivers: Vec<PathBuf>,
    /// The variable that says where they are, if one does.
    pub named_by: Option<&'static str>,
}

impl VulkanFiles {
    /// Looks where the loader of this process would.
    pub fn find() -> Self {
        Self::find_below(Path::new("/"), &|name| std::env::var(name).ok().filter(|text| !text.is_empty()))
    }

    fn find_below(root: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let named = NAMED.into_iter().find_map(|name| Some((name, variable(name)?)));
        let mut places = named.as_ref().map_or_else(|| usual(root, variable), |(_, text)| paths(text));
        places.extend(variable("VK_ADD_DRIVER_FILES").iter().flat_map(|text| paths(text)));
        Self {
            loader: has_loader(root, variable),
            drivers: places.iter().flat_map(|place| driver_files(place)).collect(),
            named_by: named.map(|(name, _)| name),
        }
    }

    /// What is missing and what to do about it.
    pub fn advice(&self) -> String {
        let files =
            || self.drivers.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        match (self.loader, self.named_by, self.drivers.is_empty()) {
            (false, ..) => format!(
                "the Vulkan loader, {LOADER}, is missing: install it (Debian, Ubuntu: libvulkan1; Fedora, Rocky: vulkan-loader)"
            ),
            (true, Some(by), true) => {
                format!("{by} names no driver file that is there: mend it, or leave it out")
            }
            (true, None, true) => format!(
                "the Vulkan loader is there, but no driver file (*.json in {DRIVERS} of /etc or /usr/share): install the driver \
                 (Debian, Ubuntu: mesa-vulkan-drivers for AMD and Intel, nvidia-driver for NVIDIA); in a container, bind the file of \
                 the machine, such as /usr/share/vulkan/icd.d/nvidia_icd.json, and name it in {}",
                NAMED[0]
            ),
            (true, _, false) => format!(
                "the Vulkan loader and driver files are there ({}), but they offer no GPU: the library of the driver, or the device \
                 (/dev/nvidia0, /dev/dri), may be missing, or the job was given none",
                files()
            ),
        }
    }
}

/// Where the loader of Vulkan looks for driver files.
fn usual(root: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    let home = variable("HOME").map(PathBuf::from);
    let of_home = |own: &str, below: &str| {
        variable(own).map(PathBuf::from).or_else(|| home.as_ref().map(|home| home.join(below)))
    };
    let shared = |name: &str, usual: &[&str]| {
        variable(name).map_or_else(|| usual.iter().map(|dir| root.join(dir)).collect(), |text| paths(&text))
    };
    let mut all: Vec<PathBuf> = of_home("XDG_CONFIG_HOME", ".config").into_iter().collect();
    all.extend(shared("XDG_CONFIG_DIRS", &["etc/xdg"]));
    all.extend(["usr/local/etc", "etc"].map(|dir| root.join(dir)));
    all.extend(of_home("XDG_DATA_HOME", ".local/share"));
    all.extend(shared("XDG_DATA_DIRS", &["usr/local/share", "usr/share"]));
    all.iter().map(|dir| dir.join(DRIVERS)).collect()
}

fn paths(text: &str) -> Vec<PathBuf> {
    std::env::split_paths(text).filter(|path| !path.as_os_str().is_empty()).collect()
}

/// The driver files of a folder, or the file itself.
fn driver_files(place: &Path) -> Vec<PathBuf> {
    let is_driver =
        |path: &PathBuf| path.extension().is_some_and(|ending| ending == "json") && path.is_file();
    if place.is_file() {
        return vec![place.to_owned()];
    }
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_driver).collect();
    found.sort();
    found
}

/// Whether the linker would find the loader.
fn has_loader(root: &Path, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let own = variable("LD_LIBRARY_PATH").map(|text| paths(&text)).unwrap_or_default();
    let usual = LIBRARIES.map(|dir| root.join(dir));
    let cached = fs::read(root.join("etc/ld.so.cache")).unwrap_or_default();
    own.iter().chain(&usual).any(|dir| dir.join(LOADER).is_file())
        || cached.windows(LOADER.len()).any(|bytes| bytes == LOADER.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(root: &Path, path: &str, text: &str) -> PathBuf {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    fn find(root: &Path, set: &[(&str, &str)]) -> VulkanFiles {
        let variable =
            |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, text)| (*text).to_owned());
        VulkanFiles::find_below(root, &variable)
    }

    #[test]
    fn a_loader_is_found_in_folders_in_the_cache_and_by_the_variable() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path();
        assert!(!find(root, &[]).loader);
        assert!(find(root, &[]).advice().contains("loader, libvulkan.so.1, is missing"));
        put(root, "etc/ld.so.cache", "glibc-ld.so.cache\0libvulkan.so.2\0");
        assert!(!find(root, &[]).loader);
        put(root, "etc/ld.so.cache", "glibc-ld.so.cache\0libvulkan.so.1\0");
        assert!(find(root, &[]).loader);
        fs::remove_file(root.join("etc/ld.so.cache")).unwrap();
        let own = put(root, "opt/libvulkan.so.1", "");
        assert!(find(root, &[("LD_LIBRARY_PATH", own.parent().unwrap().to_str().unwrap())]).loader);
        put(root, "usr/lib64/libvulkan.so.1", "");
        assert!(find(root, &[]).loader);
    }

    #[test]
    fn driver_files_lie_in_the_usual_folders_unless_a_variable_names_them() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path();
        put(root, "usr/lib/libvulkan.so.1", "");
        assert!(find(root, &[]).advice().contains("no driver file"));
        let driver = put(root, "usr/share/vulkan/icd.d/nvidia_icd.json", "{}");
        put(root, "usr/share/vulkan/icd.d/README", "");
        let found = find(root, &[]);
        assert_eq!(found.drivers, [driver]);
        assert!(found.advice().contains("nvidia_icd.json") && found.advice().contains("/dev/nvidia0"));
        let gone = find(root, &[("VK_DRIVER_FILES", "/nowhere/x.json")]);
        assert!(gone.drivers.is_empty() && gone.advice().contains("VK_DRIVER_FILES names no driver file"));
        let own = put(root, "opt/own.json", "{}");
        let named = find(root, &[("VK_ICD_FILENAMES", own.to_str().unwrap())]);
        assert_eq!((named.drivers, named.named_by), (vec![own], Some("VK_ICD_FILENAMES")));
    }
}
