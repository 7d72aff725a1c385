/** A state by shape, word and colour together, so that it survives grey print and colour blindness. */
export type Tone = 'live' | 'wait' | 'late' | 'idle';
export type Shape = 'full' | 'half' | 'ring' | 'mark' | 'cross' | 'bar';

interface Props {
  tone: Tone;
  shape: Shape;
  children: string;
  testid?: string;
  phase?: string;
}

export function State({ tone, shape, children, testid, phase }: Props) {
  return (
    <span class="state" data-tone={tone} data-testid={testid} data-phase={phase}>
      <Sign shape={shape} />
      {children}
    </span>
  );
}

export function Sign({ shape }: { shape: Shape }) {
  return (
    <svg viewBox="0 0 12 12" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2">
      {drawn(shape)}
    </svg>
  );
}

function drawn(shape: Shape) {
  switch (shape) {
    case 'full':
      return <circle cx="6" cy="6" r="5" fill="currentColor" />;
    case 'half':
      return (
        <>
          <circle cx="6" cy="6" r="5" />
          <path d="M6 1a5 5 0 0 1 0 10z" fill="currentColor" stroke="none" />
        </>
      );
    case 'ring':
      return <circle cx="6" cy="6" r="5" stroke-dasharray="3 2.2" />;
    case 'mark':
      return <path d="M6 1 11.5 11H.5z" fill="currentColor" stroke="none" />;
    case 'cross':
      return <path d="m2 2 8 8M10 2l-8 8" />;
    case 'bar':
      return <path d="M1 6h10" />;
  }
}
