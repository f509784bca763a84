using System.Net;
using Godwit.Broker.Protection;
using Godwit.Server.Protection;

namespace Godwit.Server.Tests.Protection;

public sealed class BanTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("godwit-bans-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("address 192.0.2.7", "192.0.2.7", "a", null, true)]
    [InlineData("address 192.0.2.7", "192.0.2.8", "a", null, false)]
    [InlineData("address 192.0.2.0/24", "192.0.2.8", "a", null, true)]
    [InlineData("address 192.0.2.0/24", "::ffff:192.0.2.8", "a", null, true)]
    [InlineData("address 192.0.2.0/24", null, "a", null, false)]
    [InlineData("address 2001:db8::/32", "2001:db8::1", "a", null, true)]
    [InlineData("client pump 7", "192.0.2.8", "pump 7", null, true)]
    [InlineData("client pump", "192.0.2.8", "PUMP", null, false)]
    [InlineData("user mallory", "192.0.2.8", "a", "mallory", true)]
    [InlineData("user mallory", "192.0.2.8", "mallory", null, false)]
    [InlineData("user mallory until 2026-11-21T12:00:01Z", "192.0.2.8", "a", "mallory", true)]
    [InlineData("user mallory until 2026-11-21T12:00:00Z", "192.0.2.8", "a", "mallory", false)]
    [InlineData("USER until until 2099-01-01", "192.0.2.8", "a", "until", true)]
    public void A_ban_holds_for_those_it_names_until_it_ends(string text, string? address, string clientId, string? userName, bool isBanned)
    {
        Assert.True(Ban.TryParse(text, out var ban, out var error), error);

        var found = new BanList([ban]).Find(address is null ? null : IPAddress.Parse(address), clientId, userName, Now, out _);

        Assert.Equal(isBanned, found is not null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("address")]
    [InlineData("address 300.1.1.1")]
    [InlineData("address 192.0.2.1/24")]
    [InlineData("host example.org")]
    [InlineData("user mallory until tomorrow")]
    [InlineData("0 192.0.2.1")]
    public void What_cannot_be_read_is_refused_with_a_reason(string text)
    {
        Assert.False(Ban.TryParse(text, out _, out var error));
        Assert.NotEqual("", error);
    }

    [Fact]
    public void A_file_is_read_with_its_comments_and_all_mistakes_are_told_with_their_lines()
    {
        var path = Path.Combine(_folder.FullName, "bans");
        File.WriteAllText(path, "# who was bad\n\nclient a\naddress nowhere\nuser b until 2026-12-24\nfriend c\n");
        var errors = new List<string>();

        var bans = BanList.Read(new ProtectionOptions { BanFile = path, Bans = ["client d", "client"] }, errors);

        Assert.Equal(3, bans.Count);
        Assert.Equal([$"Protection:Bans:1", $"{path}:4", $"{path}:6"], errors.Select(error => error[..error.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public void The_reason_says_by_what_somebody_is_banned()
    {
        var bans = GuardRules.Read(new ProtectionOptions { Bans = ["address 192.0.2.7", "client c", "user u"] }).Bans;
        var address = IPAddress.Parse("192.0.2.1");

        bans.Find(IPAddress.Parse("192.0.2.7"), "c", "u", Now, out var reason);
        Assert.Equal(ProtectionReason.BannedAddress, reason);
        bans.Find(address, "c", "u", Now, out reason);
        Assert.Equal(ProtectionReason.BannedClientId, reason);
        Assert.Equal("user u", bans.Find(address, "x", "u", Now, out reason)!.ToString());
        Assert.Equal(ProtectionReason.BannedUser, reason);
    }
}
