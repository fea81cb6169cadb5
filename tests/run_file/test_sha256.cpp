/// SHA-256 against the examples of the standard, and its independence of how bytes are cut.
#include <catch2/catch.hpp>

#include "sim/run_file/atomic_file.hpp"
#include "sim/run_file/io_error.hpp"
#include "sim/run_file/sha256.hpp"
#include "support/process.hpp"

using namespace lamina;

TEST_CASE("SHA-256: the examples of FIPS 180 and of NIST's validation suite") {
    CHECK(sha256_of(std::string("")) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256_of(std::string("abc")) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256_of(std::string("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(sha256_of(std::string("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                                "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu")) ==
          "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
    CHECK(sha256_of(std::string(1'000'000, 'a')) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256: the digest does not depend on how the bytes are cut") {
    std::string text;
    for (int i = 0; i < 300; ++i) text += char(i * 7);
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const std::string whole = sha256_of(text.data(), length);
        for (const std::size_t cut :
             {std::size_t(1), std::size_t(63), std::size_t(64), length / 2}) {
            if (cut > length) continue;
            Sha256 hash;
            hash.add(text.data(), cut);
            hash.add(text.data() + cut, length - cut);
            REQUIRE(hash.finish() == whole);
        }
    }
}

TEST_CASE("SHA-256: of a file is that of its bytes; an absent file is named") {
    const test::TemporaryDirectory folder;
    const std::string text(3'000'001, 'x');
    write_atomically(folder.path() / "large", text);
    CHECK(sha256_of_file(folder.path() / "large") == sha256_of(text));
    CHECK_THROWS_WITH(sha256_of_file(folder.path() / "absent"), Catch::Contains("absent"));
}
