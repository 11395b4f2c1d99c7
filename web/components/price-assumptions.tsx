/** What prices assume, folded away. */
export function PriceAssumptions({ sentences }: { readonly sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <details class="small assumptions">
      <summary>What these prices assume</summary>
      <ul>
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}.</li>
        ))}
      </ul>
    </details>
  );
}
