/** Keeps the screen on while the page is seen: a phone that sleeps records nothing. Answers what ends it. */
export function keepAwake(): () => void {
  let lock: Promise<WakeLockSentinel | null> | null = null;
  // Whoever looks at another page gives it up, and asks anew when they are back.
  const ask = (): void => {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    // Refused when the battery is low.
    lock = navigator.wakeLock.request('screen').catch(() => null);
  };
  ask();
  document.addEventListener('visibilitychange', ask);
  return () => {
    document.removeEventListener('visibilitychange', ask);
    void lock?.then((sentinel) => sentinel?.release());
  };
}
