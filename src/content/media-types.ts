/** What files are by their names: types that people attach. A name proves nothing of what is in it. */
const typesOf: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    '.bmp': ['image/bmp'],
    '.csv': ['text/csv'],
    '.doc': ['application/msword'],
    '.docx': ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    '.eml': ['message/rfc822'],
    '.epub': ['application/epub+zip'],
    '.gif': ['image/gif'],
    '.gz': ['application/gzip'],
    '.heic': ['image/heic'],
    '.htm': ['text/html'],
    '.html': ['text/html'],
    '.ics': ['text/calendar'],
    '.jpeg': ['image/jpeg'],
    '.jpg': ['image/jpeg'],
    '.json': ['application/json'],
    '.md': ['text/markdown'],
    '.mp3': ['audio/mpeg'],
    '.mp4': ['video/mp4'],
    '.odp': ['application/vnd.oasis.opendocument.presentation'],
    '.ods': ['application/vnd.oasis.opendocument.spreadsheet'],
    '.odt': ['application/vnd.oasis.opendocument.text'],
    '.pdf': ['application/pdf'],
    '.png': ['image/png'],
    '.ppt': ['application/vnd.ms-powerpoint'],
    '.pptx': ['application/vnd.openxmlformats-officedocument.presentationml.presentation'],
    '.rtf': ['application/rtf', 'text/rtf'],
    '.svg': ['image/svg+xml'],
    '.tar': ['application/x-tar'],
    '.tif': ['image/tiff'],
    '.tiff': ['image/tiff'],
    '.txt': ['text/plain'],
    '.vcf': ['text/vcard'],
    '.wav': ['audio/wav'],
    '.webp': ['image/webp'],
    '.xls': ['application/vnd.ms-excel'],
    '.xlsx': ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    '.xml': ['application/xml', 'text/xml'],
    '.zip': ['application/zip'],
  }),
);

const dataUrl = /^data:([a-z]+\/[a-z0-9.+_-]{1,126})[;,]/i;
const endings = /^[^.].*?(\.[a-z0-9]{1,10})?(\.[a-z0-9]{1,10})$/;
/** A name in which some letters aren't seen, or stand in another order than they are read, is no name to go by. */
const disguised = /[\p{Cc}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}]/u;
const nameUnitsMax = 4_096;

/**
 * Whether an attachment, by its name, path or `data:` URL, is of a listed type: media types (`application/pdf`, `image/*`)
 * and extensions (`.pdf`) alike. What says nothing of its type is of none.
 */
export function isOfType(attachment: string, listed: ReadonlySet<string>): boolean {
  const declared = dataUrl.exec(attachment.slice(0, 256))?.[1]?.toLowerCase();
  if (declared !== undefined) {
    const extensions = [...typesOf].filter(([, types]) => types.includes(declared));
    return isListed(declared, listed) || extensions.some(([extension]) => listed.has(extension));
  }
  if (attachment.length > nameUnitsMax || disguised.test(attachment)) return false;
  const name = attachment.slice(
    Math.max(...['/', '\\'].map((sign) => attachment.lastIndexOf(sign))) + 1,
  );
  // `report.pdf.exe` is what its last ending says; `.tar.gz` is one ending of two.
  const [, before, last] = endings.exec(name.toLowerCase()) ?? [];
  if (last === undefined) return false;
  return (
    listed.has(last) ||
    (before !== undefined && listed.has(`${before}${last}`)) ||
    (typesOf.get(last) ?? []).some((type) => isListed(type, listed))
  );
}

function isListed(type: string, listed: ReadonlySet<string>): boolean {
  return listed.has(type) || listed.has(`${type.slice(0, type.indexOf('/'))}/*`);
}
