using System.Text;
using Godwit.Server.Security.Authentication.Passwords;

namespace Godwit.Server.Tests.Auth;

public sealed class PasswordHashTests
{
    // Made with mosquitto_passwd 2.0.11, and with argon2id_hash_encoded of libargon2.
    [Theory, Spec("Row-57")]
    [InlineData("secret", "$7$101$ESCUppJ69ko9B2cy$d+lLCxLkX6LS70LRE/FTymmY3fWQe9BjqfxzcYdrcbOyru2E9d+2dPpjU30iBHlIDBE1xZeRO9lTISIrsTVBkg==")]
    [InlineData("z", "$6$CKS/tbhudaolI/EM$xI+hk0I5AbiYGX430CHu9XEu4VD8fn0HD92h+x4hRxs66SpJJUZeZWtxxnmQA25vTGSJr1VypFyjiPifBPfVwQ==")]
    [InlineData("secret", "$argon2id$v=19$m=47104,t=1,p=1$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw$jN8KVtBuy9rOg+xx4HEO7K//Ei2hf4aegEDgCD4okj4rugUys2dVUsAyHcBFDFrGlWl198NIEs4dtHiTXPgqvA")]
    [InlineData("secret", "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHQ$q/cS8NQ2ebhnKjj1D+r8KE5a/l/zqlNNBRVutrAt1wQ")]
    [InlineData("pässword", "$argon2id$v=19$m=64,t=2,p=2$MDEyMzQ1Njc4OWFi$oeIwxjzgI4S0t/QnxaQiJXBhdZTYtcnKF45UfFq9fyAXJI+Agv1GO/IXu2VhTvyuJwsLnTQurw+0n9WGjWJ7SQ")]
    public void A_hash_made_by_others_accepts_its_password_and_no_other(string password, string text)
    {
        Assert.True(PasswordHash.TryParse(text, out var hash, out var error), error);

        Assert.True(hash.Verify(Encoding.UTF8.GetBytes(password)));
        Assert.False(hash.Verify(Encoding.UTF8.GetBytes(password + "x")));
        Assert.False(hash.Verify([]));
        Assert.Equal(text, hash.Encode());
        Assert.False(hash.Blank().Verify(Encoding.UTF8.GetBytes(password)));
        Assert.DoesNotContain(text[^20..], hash.ToString());
    }

    [Theory, Spec("Row-57")]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(64)]
    public void Salts_of_8_to_64_bytes_are_read(int length)
    {
        var salt = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var hash = System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2("pw"u8, salt, 1_000, System.Security.Cryptography.HashAlgorithmName.SHA512, 64);

        Assert.True(PasswordHash.TryParse($"$7$1000${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}", out var parsed, out _));

        Assert.True(parsed.Verify("pw"u8));
    }

    [Fact, Spec("Row-57")]
    public void A_password_is_all_of_its_bytes_with_zeros_and_64_KB()
    {
        var password = new byte[ushort.MaxValue];
        password[^1] = 1;

        foreach (PasswordHash hash in (PasswordHash[])[Pbkdf2Hash.Create(password, 10), Sha512Hash.Create(password)])
        {
            Assert.True(hash.Verify(password));
            Assert.False(hash.Verify(password.AsSpan(..^1)));
            Assert.False(hash.Verify([]));
            Assert.False(hash.Verify(new byte[ushort.MaxValue]));
        }
    }

    [Fact]
    public void What_we_write_is_what_Mosquitto_2_reads()
    {
        var parts = Pbkdf2Hash.Create("pw"u8).Encode().Split('$');

        Assert.Equal(["", "7", "210000"], parts[..3]);
        Assert.Equal(12, Convert.FromBase64String(parts[3]).Length);
        Assert.Equal(64, Convert.FromBase64String(parts[4]).Length);
        Assert.NotEqual(Pbkdf2Hash.Create("pw"u8, 1).Encode(), Pbkdf2Hash.Create("pw"u8, 1).Encode());
    }

    [Theory, Spec("Row-46")]
    [InlineData("$6$AAAA", "a $6$ hash is")]
    [InlineData("$7$101$AAAA", "a $7$ hash is")]
    [InlineData("$7$0$AAAAAAAAAAAAAAAA$BBBB", "iterations")]
    [InlineData("$7$-1$AAAAAAAAAAAAAAAA$BBBB", "iterations")]
    [InlineData("$7$999999999999$AAAAAAAAAAAAAAAA$BBBB", "iterations")]
    [InlineData("$7$101$AAAA$BBBB", "salt")]
    [InlineData("$7$101$!!!!!!!!!!!!!!!!$BBBB", "salt")]
    [InlineData("$7$101$AAAAAAAAAAAAAAAA$BBBB", "hash")]
    [InlineData("$argon2id$v=16$m=8,t=1,p=1$c2FsdHNhbHQ$q/cS8NQ2ebhnKjj1D+r8KE5a/l/zqlNNBRVutrAt1wQ", "v=19")]
    [InlineData("$argon2id$v=19$m=4,t=1,p=1$c2FsdHNhbHQ$q/cS8NQ2ebhnKjj1D+r8KE5a/l/zqlNNBRVutrAt1wQ", "costs")]
    [InlineData("$argon2id$v=19$m=99999999,t=1,p=1$c2FsdHNhbHQ$q/cS8NQ2ebhnKjj1D+r8KE5a/l/zqlNNBRVutrAt1wQ", "costs")]
    [InlineData("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ=$q/cS8NQ2ebhnKjj1D+r8KE5a/l/zqlNNBRVutrAt1wQ", "salt")]
    [InlineData("$2y$10$abc", "not known")]
    [InlineData("plain", "godwit passwd -U")]
    [InlineData("", "not hashed")]
    public void A_hash_that_cannot_be_read_is_an_error_that_does_not_show_it(string text, string words)
    {
        Assert.False(PasswordHash.TryParse(text, out _, out var error));

        Assert.Contains(words, error);
        Assert.True(text.Length < 5 || !error.Contains(text, StringComparison.Ordinal));
    }
}
