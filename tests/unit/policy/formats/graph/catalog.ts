/**
 * What Microsoft's settings catalog has for Endpoint Privilege Management, written down from public definition dumps
 * and policy exports, independently of the product's own table.
 */

/** Settings below a rule (after the prefix) with their options; an empty list: no options. */
export const RULE_CATALOG: Readonly<Record<string, readonly string[]>> = {
  _name: [],
  _description: [],
  _appliesto: ['_allusers'],
  _ruletype: ['_self', '_automatic', '_deny', '_supportarbitrated', '_userconfirmeduser'],
  _ruletype_validation: ['_ruletype_validation_0', '_ruletype_validation_1'],
  _ruletype_userconfirmeduservalidation: ['_ruletype_userconfirmeduservalidation_0'],
  _ruletype_userconfirmeduservalidation_2: ['_ruletype_userconfirmeduservalidation_2_0'],
  _childprocessbehavior: ['_allowrunelevated', '_allowrunelevatedrulerequired', '_deny'],
  _filename: [],
  _filepath: [],
  _filehash: [],
  _fileversion: [],
  _filedescription: [],
  _productname: [],
  _internalname: [],
  _signaturesource: ['_signaturesource_0', '_signaturesource_1'],
  _certificatepayloadwithreusablesetting: [],
  _certificatefileupload: [],
  _certificatetype: ['_publisher', '_issuingauthority'],
  _arguments: ['_arguments_allow'],
  _arguments_restrictargumentlist: [],
};

/** Client settings by whole id. */
export const CLIENT_CATALOG: Readonly<Record<string, readonly string[]>> = {
  device_vendor_msft_policy_elevationclientsettings_enableepm: ['_1', '_0'],
  device_vendor_msft_policy_elevationclientsettings_defaultelevationresponse: ['_0', '_1', '_2'],
  device_vendor_msft_policy_privilegemanagement_elevationclientsettings_defaultelevationresponse_validation: [
    '_0',
    '_1',
  ],
  device_vendor_msft_policy_elevationclientsettings_allowelevationdetection: ['_0', '_1'],
  device_vendor_msft_policy_elevationclientsettings_senddata: ['_1', '_0'],
  device_vendor_msft_policy_elevationclientsettings_reportingscope: ['_0', '_1', '_2'],
};

/** Template ids of instance and value, by the end of the setting's id. */
export const TEMPLATE_CATALOG: Readonly<Record<string, readonly [string, string]>> = {
  _appliesto: ['0cde1c42-c701-44b1-94b7-438dd4536128', '2ec26569-c08f-434c-af3d-a50ac4a1ce26'],
  _description: ['b3714f3a-ead8-4682-a16f-ffa264c9d58f', '5e82a1e9-ef4f-43ea-8031-93aace2ad14d'],
  _productname: ['234631a1-aeb1-436f-9e05-dcd9489caf08', 'e466f96d-0633-40b3-86a4-9e093b696077'],
  _internalname: ['08511f12-25b5-4218-812c-39a2db444ef1', 'ec295dd4-6bbc-4fa8-a503-960784c53f41'],
  _filehash: ['e4436e2c-1584-4fba-8e38-78737cbbbfdf', '1adcc6f7-9fa4-4ce3-8941-2ce22cf5e404'],
  _ruletype: ['bc5a31ac-95b5-4ec6-be1f-50a384bb165f', 'cb2ea689-ebc3-42ea-a7a4-c704bb13e3ad'],
  _filedescription: ['5e10c5a9-d3ca-4684-b425-e52238cf3c8b', 'df3081ea-4ea7-4f34-ac87-49b2e84d4c4b'],
  _name: ['fdabfcf9-afa4-4dbf-a4ef-d5c1549065e1', '03f003e5-43ef-4e7e-bf30-57f00781fdcc'],
  _filename: ['0c1ceb2b-bbd4-46d4-9ba5-9ee7abe1f094', 'a165327c-f0e5-4c7d-9af1-d856b02191f7'],
  _filepath: ['c3b7fda4-db6a-421d-bf04-d485e9d0cfb1', 'f011bcfc-03cd-4b28-a1f4-305278d7a030'],
  _signaturesource: ['beb74dcd-b6c8-41b1-a95d-0874e96951e0', '437fac65-8d18-433c-bd51-8edd33038082'],
  _certificatetype: ['ea3b1b52-411c-4d89-80e9-c2289e59a97f', 'e36c490a-62b5-4b8c-8b2a-f099fad4441b'],
  _fileversion: ['4a36432a-ad41-4ea6-b69f-05655afc43d2', '9d5c2849-fa98-437c-92f6-abee4e9b8a0c'],
  _enableepm: ['58a79a4b-ba9b-4923-a7a5-6dc1a9f638a4', 'a13cc55c-307a-4962-aaec-20b832bf75c7'],
};
