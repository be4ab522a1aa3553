/** Names of the policy outside of EPM: its registry key, its version, and the parts of every OMA-URI. */

/** Key below HKEY_LOCAL_MACHINE (device) and HKEY_USERS\<SID> (user). ADMX ingestion allows it: it is not Microsoft's. */
export const POLICY_KEY = 'Software\\Policies\\EPM';
/** Key below the device's with one key for each user, by SID: policies for users that only administrators can write. */
export const USERS_SUBKEY = 'Users';
/** Version of the policy file's format. */
export const POLICY_FILE_VERSION = 1;
/** Name of the ADMX file's application, setting type and category: the parts of every OMA-URI. */
export const ADMX_APPLICATION = 'EPM';
export const ADMX_SETTING_TYPE = 'Policy';
export const ADMX_CATEGORY = 'EPM';
/** Raised with every change of the ADMX content; a new identifier is what makes MDM clients take a new version. */
export const ADMX_REVISION = '1.3';
