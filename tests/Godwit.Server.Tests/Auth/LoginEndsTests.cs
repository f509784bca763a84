using Godwit.Broker.Security;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Tests.Auth.Support;

namespace Godwit.Server.Tests.Auth;

public sealed class LoginEndsTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly List<string?> _ended = [];
    private readonly LoginEnds _ends;

    public LoginEndsTests() => _ends = new LoginEnds(_time, identities => _ended.AddRange(identities.Select(identity => identity.UserName)));

    [Fact]
    public void A_login_ends_at_its_time_and_others_stay()
    {
        _ends.Add(Of("late"), _time.GetUtcNow().AddSeconds(60));
        _ends.Add(Of("soon"), _time.GetUtcNow().AddSeconds(2.5));

        Pass(2);
        Assert.Empty(_ended);
        Pass(1);
        Assert.Equal(["soon"], _ended);
        Pass(57);
        Assert.Equal(["soon", "late"], _ended);
        Assert.Equal(0, _ends.Count);
        Assert.Equal(0, _time.Waiting);
    }

    [Fact]
    public void Who_has_gone_is_forgotten_and_two_logins_of_one_user_are_two()
    {
        var (first, second) = (Of("alice"), Of("alice"));
        _ends.Add(first, _time.GetUtcNow().AddSeconds(1));
        _ends.Add(second, _time.GetUtcNow().AddSeconds(1));

        _ends.Remove(first);
        _ends.Remove(first);
        _ends.Remove(null);
        Pass(1);

        Assert.Equal(["alice"], _ended);
    }

    [Fact]
    public void A_new_time_replaces_the_old_one()
    {
        var alice = Of("alice");
        _ends.Add(alice, _time.GetUtcNow().AddSeconds(1));
        _ends.Add(alice, _time.GetUtcNow().AddSeconds(3));

        Pass(2);
        Assert.Empty(_ended);
        Pass(1);

        Assert.Equal(["alice"], _ended);
    }

    public void Dispose() => _ends.Dispose();

    private static Identity Of(string user) => new() { UserName = user };

    private void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
