/**
 * Runs tasks, so many at once, each begun when there is room for it. After one has failed no other is begun.
 * @throws the first failure, when all that were begun have ended
 */
export async function sideBySide(tasks: Iterable<() => Promise<void>>, most: number): Promise<void> {
  const left = tasks[Symbol.iterator]();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true && failures.length === 0; next = left.next()) {
      try {
        await next.value();
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: most }, lane));
  if (failures.length > 0) throw failures[0];
}
