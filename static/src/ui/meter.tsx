const bars = Array.from({ length: 20 }, (_, index) => index);

/** The loudness of a microphone, 0…1. Speech sits low on a linear scale, so it is drawn by the square root. */
export function Meter({ level, label }: { level: number; label: string }) {
  const lit = Math.round(Math.sqrt(Math.min(1, Math.max(0, level))) * bars.length);
  return (
    <div class="meter" role="img" aria-label={label} data-testid="level">
      {bars.map((bar) => (
        <i key={bar} data-lit={bar < lit} />
      ))}
    </div>
  );
}
