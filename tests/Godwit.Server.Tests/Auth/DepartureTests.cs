using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authentication.Scram;
using Godwit.Server.Tests.Auth.Support;

namespace Godwit.Server.Tests.Auth;

/// <summary>Whose login a reload ends.</summary>
public sealed class DepartureTests : IDisposable
{
    private readonly AuthWorld _world = new();

    [Fact]
    public void Who_is_gone_from_a_file_or_has_another_password_there_has_no_login_any_more()
    {
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "a"), ("bob", "b"), ("carol", "c"));
        var lines = File.ReadAllLines(_world.PathOf("passwd"));
        _ = _world.Service;

        _world.WritePasswords("passwd", ("carol", "other"), ("dave", "d"));
        File.AppendAllText(_world.PathOf("passwd"), lines[0] + "\n");
        Reload();

        Assert.Equal(["bob", "carol"], _world.Service.Departed.Order(StringComparer.Ordinal));
        Assert.False(_world.Service.StillAdmits("bob", _world.Listener));
        Assert.True(_world.Service.StillAdmits("alice", _world.Listener));
        Assert.True(_world.Service.StillAdmits("from a token", _world.Listener));

        Reload();
        Assert.Empty(_world.Service.Departed);
    }

    [Fact]
    public void Who_has_moved_to_another_file_stays()
    {
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "a"));
        _ = _world.Service;

        File.Copy(_world.PathOf("passwd"), _world.PathOf("elsewhere"));
        _world.Settings.PasswordFile = _world.PathOf("elsewhere");
        Reload();

        Assert.Empty(_world.Service.Departed);
    }

    [Fact]
    public void A_verifier_of_SCRAM_that_is_gone_ends_its_login()
    {
        var (alice, bob) = (Verifier(ScramMethod.Sha256), Verifier(ScramMethod.Sha512));
        _world.Settings.Sources.Add(new SourceSettings { Kind = SourceKind.Scram, File = _world.Write("scram", $"alice:{alice}\nbob:{bob}\n") });
        _ = _world.Service;

        _world.Write("scram", $"bob:{bob}\n");
        Reload();

        Assert.Equal(["alice"], _world.Service.Departed);
    }

    [Fact]
    public void Anonymous_clients_go_when_users_come_unless_the_listener_has_a_word_for_them()
    {
        Assert.True(_world.Service.StillAdmits(userName: null, _world.Listener));

        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "a"));
        Reload();
        Assert.False(_world.Service.StillAdmits(userName: null, _world.Listener));

        _world.Listener.AllowAnonymous = true;
        Reload();
        Assert.True(_world.Service.StillAdmits(userName: null, _world.Listener));
    }

    public void Dispose() => _world.Dispose();

    private static string Verifier(ScramMethod method) => ScramVerifier.Create(method, "secret"u8, iterations: 4_096).Encode();

    private void Reload() => _world.Service.Reload(_world.Settings, [_world.Listener]);
}
