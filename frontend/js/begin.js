// Starts components that have not been started yet, so that it may run again after htmx has swapped a part of the page.
export function begin(Component, config, scope) {
  const name = Component.moduleName;
  for (const root of scope.querySelectorAll(`[data-module~="${name}"]:not([data-${name}-init])`)) {
    try {
      new Component(root, config);
    } catch (problem) {
      console.error(problem); // one broken component must not stop the others
    }
  }
}
