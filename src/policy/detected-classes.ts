/** Classes that detectors find in any result, whatever its tool says. */
export const detectedClasses: readonly string[] = ['pii', 'secret'];
