/** Desktop notifications, without a sound: only on this browser, and only where somebody switched them on. */

const place = 'sallyport.notifications';

export function notifies(): boolean {
  return (
    typeof Notification !== 'undefined' &&
    Notification.permission === 'granted' &&
    localStorage.getItem(place) === 'on'
  );
}

/** @returns whether it is on now: the browser may refuse. */
export async function setNotifies(wanted: boolean): Promise<boolean> {
  localStorage.setItem(place, wanted ? 'on' : 'off');
  if (wanted && typeof Notification !== 'undefined' && Notification.permission === 'default')
    await Notification.requestPermission();
  return notifies();
}
