/** A bar that is filled so far, 0 to 100. */
export function Meter({ percent }: { readonly percent: number }) {
  return (
    <span className="meter">
      <span className="meter-fill" style={{ inlineSize: `${percent}%` }} />
    </span>
  );
}
