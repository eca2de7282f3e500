/** Gregorian arithmetic on the clock's fields. Fields out of range (the guest may write any byte) count on normally. */
export interface CalendarTime {
  readonly second: number;
  readonly minute: number;
  readonly hour: number;
  /** 1 = Sunday; whatever the guest set, it advances with the days. */
  readonly weekday: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
}

const DAY_SECONDS = 86_400;

export function timeOf(unixSeconds: number): CalendarTime {
  const date = new Date(unixSeconds * 1000);
  return {
    second: date.getUTCSeconds(),
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    weekday: date.getUTCDay() + 1,
    day: date.getUTCDate(),
    month: date.getUTCMonth() + 1,
    year: date.getUTCFullYear(),
  };
}

export function addSeconds(time: CalendarTime, seconds: number): CalendarTime {
  const date = new Date(0);
  date.setUTCFullYear(time.year, time.month - 1, time.day);
  date.setUTCHours(time.hour, time.minute, time.second);
  const start = Math.floor(date.getTime() / 1000);
  const end = timeOf(start + seconds);
  const startOfDay = time.hour * 3600 + time.minute * 60 + time.second;
  const days = Math.floor((startOfDay + seconds) / DAY_SECONDS);
  return { ...end, weekday: ((((time.weekday + 6) % 7) + days) % 7) + 1 };
}
