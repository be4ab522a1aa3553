/** Written into the bundle by the build. */
declare const EPM_VERSION: string | undefined;

/** Version of the product; `0.0.0` when the source runs without a build. */
export const VERSION = typeof EPM_VERSION === 'undefined' ? '0.0.0' : EPM_VERSION;
