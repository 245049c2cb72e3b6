const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text in HTML, in an element or an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** A text whose web addresses are links. */
export function linked(text: string): string {
  return text
    .split(/(https?:\/\/[^\s,;"'<>()]+)/)
    .map((part, i) => {
      const shown = escapeHtml(part);
      return i % 2 === 0 ? shown : `<a href="${shown}" rel="noreferrer">${shown}</a>`;
    })
    .join('');
}
