/** Copies bytes within the memory; they may overlap. */
export function moveBytes(to: usize, from: usize, length: usize): void {
  memory.copy(to, from, length);
}

export function fillBytes(at: usize, value: u8, length: usize): void {
  memory.fill(at, value, length);
}
