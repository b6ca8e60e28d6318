/** The gate of `icon.svg`, in the colours of the page. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path class="gate" d="M3 29V12a13 13 0 0 1 26 0v17h-8V13a5 5 0 0 0-10 0v16z" />
      <path class="bar" d="M14.5 17h3v12h-3z" />
    </svg>
  );
}
