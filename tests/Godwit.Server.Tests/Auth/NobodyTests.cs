using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Tests.Auth.Support;

namespace Godwit.Server.Tests.Auth;

/// <summary>CONNECT without user name, without password, or with empty ones, to each source of users.</summary>
public sealed class NobodyTests : IDisposable
{
    private readonly AuthWorld _world = new();

    public static TheoryData<SourceKind, string?, string?, ConnackReasonCode> Rows => new(
        from kind in Enum.GetValues<SourceKind>()
        where kind is not (SourceKind.Postgres or SourceKind.Unproved)         // in a suite of its own; lets in whoever has a name
        from login in ((string?, string?)[])[(null, null), (null, ""), (null, "x"), ("", null), ("", ""), ("", "x"), ("%u", null), ("alice", null)]
        select (kind, login.Item1, login.Item2, ExpectedOf(kind, login)));

    [Theory, MemberData(nameof(Rows)), Spec("Hostile-45")]
    public async Task Who_says_nothing_or_half_of_it_is_refused_cleanly(SourceKind kind, string? user, string? password, ConnackReasonCode code)
    {
        Use(kind);

        var result = await _world.LogInAsync(user, password);

        Assert.Equal((code, null), (result.Code, result.Identity));
        Assert.DoesNotContain(_world.Log.Lines, line => line.Contains("Exception", StringComparison.Ordinal));
        Assert.NotEmpty(result.Reason);
    }

    public void Dispose() => _world.Dispose();

    /// <summary>Nobody and nothing: whoever is let in without a login is not among them. A service that does not answer is no yes.</summary>
    private static ConnackReasonCode ExpectedOf(SourceKind kind, (string? User, string? Password) login) => (kind, login) switch
    {
        (_, (null, null)) => ConnackReasonCode.NotAuthorized,
        (SourceKind.Http, (_, not null)) => ConnackReasonCode.ServerUnavailable,
        (SourceKind.Http, (not null, _)) => ConnackReasonCode.ServerUnavailable,
        _ => ConnackReasonCode.BadUserNameOrPassword,
    };

    private void Use(SourceKind kind)
    {
        var source = new SourceSettings { Kind = kind };
        switch (kind)
        {
            case SourceKind.PasswordFile:
                source.File = _world.WritePasswords("users", ("alice", "secret"));
                break;

            case SourceKind.Scram:
                source.File = _world.Write("scram", "");
                break;

            case SourceKind.Jwt:
                source.Jwt.Algorithms = ["HS256"];
                source.Jwt.SecretFile = _world.Write("secret", "a secret of at least thirty-two bytes");
                break;

            default:
                source.Http.Url = "http://127.0.0.1:1/nobody-listens";
                break;
        }

        _world.Settings.Sources.Add(source);
    }
}
