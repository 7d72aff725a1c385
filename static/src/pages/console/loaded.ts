import { useEffect, useMemo } from 'preact/hooks';
import { Loaded } from '../../room/desk/load';

/** useLoaded reads something when what shows it comes onto the page. */
export function useLoaded<T>(read: () => Promise<T>): Loaded<T> {
  const loaded = useMemo(() => new Loaded(read), []);
  useEffect(() => {
    void loaded.load();
  }, [loaded]);
  return loaded;
}
