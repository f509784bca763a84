using System.Net;
using Godwit.Broker.Protection;
using Godwit.Server.Protection;

namespace Godwit.Server.Tests.Protection;

public sealed class ConnectRatesTests
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Two = IPAddress.Parse("192.0.2.2");

    [Fact, Spec("Hostile-21")]
    public void An_address_that_connects_too_often_waits_and_others_do_not()
    {
        var rates = new ConnectRates(perAddress: 5, inTotal: 0, burstSeconds: 2);

        Assert.Equal(10, Enumerable.Range(0, 100).Count(_ => rates.Take(One, 1_000) is null));
        Assert.Equal(ProtectionReason.AddressConnectRate, rates.Take(One, 1_000));
        Assert.Null(rates.Take(Two, 1_000));
        Assert.Equal(ProtectionReason.AddressConnectRate, rates.Take(One, 1_199));
        Assert.Null(rates.Take(One, 1_200));
        Assert.Equal(5, Enumerable.Range(0, 100).Count(_ => rates.Take(One, 2_200) is null));
    }

    [Fact]
    public void All_together_have_a_rate_too()
    {
        var rates = new ConnectRates(perAddress: 0, inTotal: 3, burstSeconds: 1);

        Assert.Equal([null, null, null, ProtectionReason.TotalConnectRate], Enumerable.Range(0, 4).Select(i => rates.Take(IPAddress.Parse($"192.0.2.{i}"), 0)));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData(null)]
    public void This_machine_is_never_limited(string? address)
    {
        var rates = new ConnectRates(perAddress: 1, inTotal: 1, burstSeconds: 1);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Null(rates.Take(address is null ? null : IPAddress.Parse(address), 0)));
        Assert.Null(rates.Take(One, 0));
    }

    [Fact]
    public void A_client_with_a_whole_network_of_addresses_is_one_client()
    {
        var rates = new ConnectRates(perAddress: 1, inTotal: 0, burstSeconds: 1);

        Assert.Equal(1, Enumerable.Range(0, 100).Count(i => rates.Take(IPAddress.Parse($"2001:db8::{i:x}"), 0) is null));
        Assert.Null(rates.Take(IPAddress.Parse("2001:db8:0:1::1"), 0));
    }

    [Fact]
    public void A_flood_from_everywhere_does_not_fill_memory()
    {
        var rates = new ConnectRates(perAddress: 1, inTotal: 0, burstSeconds: 1);

        for (var i = 0; i < 4 * ConnectRates.AddressesMax; i++)
        {
            rates.Take(new IPAddress(i + (1L << 24)), i / 1000);
        }

        Assert.InRange(rates.AddressCount, 1, ConnectRates.AddressesMax);
    }

    [Fact]
    public void A_client_that_comes_back_too_often_is_banned_for_a_while_and_then_begins_anew()
    {
        var flapping = new FlappingDetector(connects: 3, windowMs: 10_000, banMs: 60_000);

        Assert.Equal([false, false, false], Enumerable.Range(0, 3).Select(i => flapping.IsBanned("a", i, out _)));
        Assert.True(flapping.IsBanned("a", 9_999, out var isNew));
        Assert.True(isNew);
        Assert.True(flapping.IsBanned("a", 69_998, out isNew));
        Assert.False(isNew);
        Assert.False(flapping.IsBanned("b", 69_998, out _));
        Assert.Equal([false, false, false, true], Enumerable.Range(0, 4).Select(i => flapping.IsBanned("a", 69_999 + i, out _)));
    }

    [Fact]
    public void A_client_that_comes_back_now_and_then_is_never_banned()
    {
        var flapping = new FlappingDetector(connects: 3, windowMs: 10_000, banMs: 60_000);

        Assert.All(Enumerable.Range(0, 100), i => Assert.False(flapping.IsBanned("a", i * 4_000L, out _)));
    }

    [Fact]
    public void Clients_that_do_not_come_back_are_forgotten()
    {
        var flapping = new FlappingDetector(connects: 1, windowMs: 1_000, banMs: 1_000);
        for (var i = 0; i < FlappingDetector.ClientsMax + 10; i++)
        {
            flapping.IsBanned($"{i}", 0, out _);
        }

        Assert.False(flapping.IsBanned("late", 500, out _));
        Assert.False(flapping.IsBanned("late", 600, out _));        // there was no room to count it
        Assert.False(flapping.IsBanned("late", 5_000, out _));
        Assert.True(flapping.IsBanned("late", 5_001, out _));
    }
}
