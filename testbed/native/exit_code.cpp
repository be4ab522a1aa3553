// A number that tests change in the file: the exit code of epmexit.exe, and what epmbeside.dll answers to
// epmneighbour.exe, which does not start without the library.

namespace {

// The digits behind the mark. Volatile: the compiler must not know them.
volatile const char code[] = "EPM-EXIT-CODE:007";

int number() {
  constexpr int digits = sizeof(code) - 4;
  return (code[digits] - '0') * 100 + (code[digits + 1] - '0') * 10 + (code[digits + 2] - '0');
}

}  // namespace

#ifdef EPM_BESIDE
extern "C" __declspec(dllexport) int epm_beside_code() { return number(); }
#else
int main() { return number(); }
#endif
