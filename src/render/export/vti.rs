//! ParaView's image files: `ImageData` in VTK's XML format with raw appended arrays, one value for each cell of the image
//! (docs.vtk.org, "VTK XML formats").

use std::io::{self, Write};

use super::{ExportedLattice, Values};
use crate::sink::xml;

/// Writes a lattice; lengths are in µm.
pub fn write<W: Write>(lattice: &ExportedLattice, file: &mut W) -> io::Result<()> {
    let [x, y, z] = lattice.size;
    let (extent, edge) = (format!("0 {x} 0 {y} 0 {z}"), lattice.site_um);
    writeln!(file, "<?xml version=\"1.0\"?>")?;
    writeln!(
        file,
        "<VTKFile type=\"ImageData\" version=\"1.0\" byte_order=\"LittleEndian\" header_type=\"UInt64\">"
    )?;
    writeln!(
        file,
        "<ImageData WholeExtent=\"{extent}\" Origin=\"0 0 0\" Spacing=\"{edge} {edge} {edge}\">\n\
         <Piece Extent=\"{extent}\">\n<CellData Scalars=\"state\">"
    )?;
    let mut offset = 0;
    for array in &lattice.arrays {
        let (kind, bytes) = of(&array.values);
        writeln!(
            file,
            "<DataArray type=\"{kind}\" Name=\"{}\" format=\"appended\" offset=\"{offset}\"/>",
            xml(&array.name)
        )?;
        offset += 8 + bytes.len();
    }
    write!(file, "</CellData>\n</Piece>\n</ImageData>\n<AppendedData encoding=\"raw\">\n_")?;
    for array in &lattice.arrays {
        let (_, bytes) = of(&array.values);
        file.write_all(&(bytes.len() as u64).to_le_bytes())?;
        file.write_all(&bytes)?;
    }
    write!(file, "\n</AppendedData>\n</VTKFile>\n")
}

/// Type as VTK names it, and bytes, little-endian.
fn of(values: &Values) -> (&'static str, Vec<u8>) {
    match values {
        Values::U8(v) => ("UInt8", v.clone()),
        Values::I32(v) => ("Int32", v.iter().flat_map(|v| v.to_le_bytes()).collect()),
        Values::F32(v) => ("Float32", v.iter().flat_map(|v| v.to_le_bytes()).collect()),
    }
}
