/** The header of a qcow2 file. Pure. Source: QEMU, docs/interop/qcow2. */

/** What the header says that matters to us. */
export interface Qcow2Header {
  /** The size of the disk that the file holds. */
  readonly virtualBytes: number;
  /** It names another file that belongs to it. That could be any file of this host. */
  readonly needsOtherFile: boolean;
}

/** How much of a file the header takes, as far as it is read here. */
export const headerBytes = 80;

const magic = "QFI\u00fb";
const version3 = 3;
/** A bit of the incompatible features: the data lie in another file. */
const externalData = 4n;

/** The header at the beginning of a file; undefined where that is no qcow2 file. */
export function readQcow2Header(start: Buffer): Qcow2Header | undefined {
  if (start.length < headerBytes || start.toString("latin1", 0, magic.length) !== magic) return undefined;
  const hasBackingFile = start.readBigUInt64BE(8) !== 0n;
  const hasExternalData = start.readUInt32BE(4) >= version3 && (start.readBigUInt64BE(72) & externalData) !== 0n;
  return { virtualBytes: Number(start.readBigUInt64BE(24)), needsOtherFile: hasBackingFile || hasExternalData };
}
