namespace Godwit.Server.Configuration;

/// <summary>A secret that may be in the value of a key. It may come from the environment only, and is never shown.</summary>
/// <param name="IsIn">The value, as it is written, has one in it.</param>
/// <param name="Instead">What to do instead of writing it, as the beginning of a sentence.</param>
public sealed record SecretPart(Func<string, bool> IsIn, string Instead)
{
    /// <summary>Shown in the place of a value with a secret in it.</summary>
    internal const string Set = "(set)";

    /// <summary>Words of a connection to a database.</summary>
    public static SecretPart OfConnection { get; } = new(
        text => Has(text, ["password", "pwd"]), "Write it to a file and name that with PasswordFile beside it");

    /// <summary>A part of an address that is sent with every question: a user with a password, or a key behind the question mark.</summary>
    /// <param name="instead">What to do instead of writing it.</param>
    public static SecretPart OfUrl(string instead) => new(
        text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.UserInfo.Length > 0 || Has(uri.Query, ["key", "token", "secret", "password", "pwd"])),
        instead);

    private static bool Has(string text, ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
