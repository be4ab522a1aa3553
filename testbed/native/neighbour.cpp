// A program that needs a library beside it, and ends with the number that the library gives.
extern "C" __declspec(dllimport) int epm_beside_code();

int main() { return epm_beside_code(); }
