using System.Net;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Security.Authentication.Guards;
using Godwit.Server.Tests.Auth.Support;

namespace Godwit.Server.Tests.Auth;

public sealed class FailureGuardTests : IDisposable
{
    private static readonly IPAddress Here = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress There = IPAddress.Parse("10.0.0.2");

    private readonly ManualTime _time = new();
    private readonly AuthWorld _world = new();
    private int _secret;

    [Fact]
    public void From_the_fifth_failure_in_a_minute_the_delay_doubles_up_to_30_seconds()
    {
        var guard = Guard();
        var delays = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            Fail(guard, Here, "alice");
            delays.Add(guard.DelayOf(Here, "alice").TotalSeconds);
        }

        Assert.Equal([0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30, 30], delays);
    }

    [Fact]
    public void The_address_waits_whatever_the_user_and_the_user_wherever_he_is()
    {
        var guard = Guard();
        for (var i = 0; i < 5; i++)
        {
            Fail(guard, Here, "alice");
        }

        Assert.Equal(1, guard.DelayOf(Here, "bob").TotalSeconds);
        Assert.Equal(1, guard.DelayOf(There, "alice").TotalSeconds);
        Assert.Equal(0, guard.DelayOf(There, "bob").TotalSeconds);
    }

    [Fact]
    public void Many_users_of_one_address_and_many_addresses_for_one_user_are_slowed_too()
    {
        var guard = Guard();
        for (var i = 0; i < 5; i++)
        {
            Fail(guard, Here, $"user{i}");
            Fail(guard, IPAddress.Parse($"10.1.0.{i}"), "carol");
        }

        Assert.Equal(1, guard.DelayOf(Here, "someone").TotalSeconds);
        Assert.Equal(1, guard.DelayOf(There, "carol").TotalSeconds);
    }

    [Fact]
    public void Clients_without_a_user_name_are_not_one_user()
    {
        var guard = Guard();
        for (var i = 0; i < 9; i++)
        {
            Fail(guard, Here, "");
        }

        Assert.Equal(16, guard.DelayOf(Here, "").TotalSeconds);
        Assert.Equal(0, guard.DelayOf(There, "").TotalSeconds);
    }

    [Fact]
    public void The_same_wrong_password_again_slows_that_device_and_not_its_neighbours()
    {
        var guard = Guard();
        var secret = SecretDigest.Of("outdated");
        for (var i = 0; i < 7; i++)
        {
            guard.Failed(Here, "thermostat", secret);
        }

        Assert.Equal(4, guard.DelayOf(Here, "thermostat").TotalSeconds);
        Assert.Equal(0, guard.DelayOf(Here, "lamp").TotalSeconds);
        Assert.Equal(0, guard.DelayOf(There, "thermostat").TotalSeconds);
    }

    [Fact]
    public void Failures_that_are_spread_over_minutes_are_forgotten_and_so_is_a_delay_that_is_over()
    {
        var guard = Guard();
        for (var i = 0; i < 20; i++)
        {
            Fail(guard, Here, "slow");
            _time.Advance(TimeSpan.FromSeconds(16));
        }

        Assert.Equal(0, guard.DelayOf(Here, "slow").TotalSeconds);
        for (var i = 0; i < 5; i++)
        {
            Fail(guard, There, "quick");
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, guard.DelayOf(There, "quick").TotalSeconds);
        Fail(guard, There, "quick");
        Assert.Equal(2, guard.DelayOf(There, "quick").TotalSeconds);
        _time.Advance(TimeSpan.FromSeconds(63));
        Fail(guard, There, "quick");
        Assert.Equal(0, guard.DelayOf(There, "quick").TotalSeconds);
    }

    [Fact]
    public void Addresses_of_one_IPv6_customer_are_one()
    {
        var guard = Guard();
        for (var i = 1; i <= 5; i++)
        {
            Fail(guard, IPAddress.Parse($"2001:db8:1:2::{i}"), $"user{i}");
        }

        Assert.Equal(1, guard.DelayOf(IPAddress.Parse("2001:db8:1:2:3:4:5:6"), "x").TotalSeconds);
        Assert.Equal(0, guard.DelayOf(IPAddress.Parse("2001:db8:1:3::1"), "x").TotalSeconds);
        Assert.Equal(AddressKey.Of(Here), AddressKey.Of(Here.MapToIPv6()));
    }

    [Fact]
    public void Tables_do_not_grow_with_the_number_of_attackers()
    {
        var table = new BoundedTable<int, int>(1_000);
        for (var i = 0; i < 100_000; i++)
        {
            table.Set(i, i);
            Assert.InRange(table.Count, 0, 1_000);
            Assert.True(table.TryGet(0, out _) || i > 0 || table.Count == 0);
        }

        Assert.True(table.TryGet(99_999, out var last) && last == 99_999);
    }

    [Fact]
    public void What_is_asked_for_again_stays_in_a_table()
    {
        var table = new BoundedTable<int, int>(10);
        table.Set(-1, 7);
        for (var i = 0; i < 1_000; i++)
        {
            table.Set(i, i);
            Assert.True(table.TryGet(-1, out var value) && value == 7);
        }
    }

    [Fact]
    public async Task A_slowed_login_is_judged_when_its_delay_is_over()
    {
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "secret"));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(ConnackReasonCode.BadUserNameOrPassword, (await _world.LogInAsync("alice", $"guess {i}")).Code);
        }

        var login = _world.LogInAsync("alice", "secret");
        _world.Time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(login.IsCompleted);
        _world.Time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True((await login).IsAccepted);
    }

    [Fact]
    public async Task A_login_that_was_verified_before_is_not_slowed_by_an_attack()
    {
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "secret"));
        Assert.True((await _world.LogInAsync("alice", "secret")).IsAccepted);
        for (var i = 0; i < 5; i++)
        {
            await _world.LogInAsync("alice", $"guess {i}");
        }

        var known = await _world.LogInAsync("alice", "secret");

        Assert.Equal((ConnackReasonCode.Success, "password file: known login"), (known.Code, known.Reason));
    }

    [Fact]
    public async Task Who_would_have_to_wait_too_long_is_refused_at_once_without_being_judged()
    {
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "secret"));
        _world.Settings.WaitMsMax = 500;
        for (var i = 0; i < 5; i++)
        {
            await _world.LogInAsync("alice", $"guess {i}");
        }

        Assert.Equal(ConnackReasonCode.ConnectionRateExceeded, (await _world.LogInAsync("alice", "secret")).Code);
        Assert.Equal(ConnackReasonCode.ConnectionRateExceeded, (await _world.LogInAsync("nobody", "x")).Code);
        Assert.Equal(ConnackReasonCode.BadUserNameOrPassword, (await _world.LogInAsync("bob", "x", address: "10.0.0.9")).Code);
    }

    [Fact]
    public async Task Unknown_users_are_slowed_as_known_ones_are()
    {
        _world.Settings.PasswordFile = _world.WritePasswords("passwd", ("alice", "secret"));
        _world.Settings.WaitMsMax = 500;
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("no source knows this user", (await _world.LogInAsync("mallory", $"guess {i}")).Reason);
        }

        Assert.Equal(ConnackReasonCode.ConnectionRateExceeded, (await _world.LogInAsync("mallory", "guess")).Code);
    }

    public void Dispose() => _world.Dispose();

    private FailureGuard Guard() => new(_time, failuresMax: 5, TimeSpan.FromSeconds(30));

    private void Fail(FailureGuard guard, IPAddress address, string user) => guard.Failed(address, user, SecretDigest.Of($"{_secret++}"));
}
