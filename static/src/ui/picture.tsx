import { useLayoutEffect, useRef } from 'preact/hooks';

interface Props {
  stream: MediaStream | null;
  shown: boolean;
  label: string;
}

/** A silent <video>. It stays in the page while its picture is off, so that it shows the first frame at once. */
export function Picture({ stream, shown, label }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  // Before it is painted: a name must not stand over the stream that was there before.
  useLayoutEffect(() => {
    const element = video.current;
    if (!element) {
      return;
    }
    element.srcObject = stream;
    if (stream) {
      // Muted pictures may always play; the promise fails only when the element goes away meanwhile.
      element.play().catch(() => undefined);
    }
    return () => {
      element.srcObject = null;
    };
  }, [stream]);
  return (
    <video
      ref={video}
      muted
      autoPlay
      playsInline
      data-shown={shown}
      aria-label={label}
      aria-hidden={!shown}
    />
  );
}
