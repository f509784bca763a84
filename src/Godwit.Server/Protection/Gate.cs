using System.Net;
using Godwit.Broker.Protection;
using Godwit.Broker.Shards;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Logging;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Protection;

/// <summary>
/// Lets clients in or not: bans, connect rates, clients that come back too often. Where it is cheap to answer, a client is told with its CONNACK;
/// banned addresses, and those that would cost a handshake of TLS, are closed when they are accepted. Any thread; a reload exchanges the rules in one step.
/// </summary>
/// <param name="logger">Gets a sample of the refusals.</param>
/// <param name="time">For bans that end.</param>
/// <param name="count">Called for each refusal that no shard counts; any thread.</param>
internal sealed class Gate(ILogger logger, TimeProvider time, Action<ProtectionReason> count) : IAdmission
{
    private const int LinesPerSecond = 10;

    private readonly LineSampler _lines = new(LinesPerSecond);
    private volatile Rules _rules = new(GuardRules.Read(new ProtectionOptions()));

    /// <summary>From now on these rules hold. Counts begin anew.</summary>
    internal void Apply(GuardRules rules) => _rules = new Rules(rules);

    /// <inheritdoc/>
    public bool WatchesDoor => _rules.WatchDoor;

    /// <inheritdoc/>
    public bool MayOpen(IPAddress? address, bool isCostly, long nowMs)
    {
        var rules = _rules;
        if (address is null)
        {
            return true;
        }

        // With ReportOnly a ban is reported where the client is known, with its CONNECT.
        var isReport = rules.Options.ReportOnly;
        var ban = isReport ? null : rules.Bans.FindAddress(address, time.GetUtcNow());
        var reason = ban is not null ? ProtectionReason.BannedAddress : isCostly ? rules.Rates?.Take(address, nowMs) : null;
        if (reason is not { } counted)
        {
            return true;
        }

        count(counted);
        if (_lines.TryTake(nowMs, out _))
        {
            ProtectionLog.Closed(logger, isReport ? "would close" : "closed", address.ToString(), ban is null ? WordsOf(counted) : $"banned: {Printable.Escape(ban.ToString())}");
        }

        return isReport;
    }

    /// <inheritdoc/>
    public ConnackReasonCode Admit(Connection connection, long nowMs, out ProtectionReason? reason)
    {
        var rules = _rules;
        reason = null;
        if (!rules.AreAny)
        {
            return ConnackReasonCode.Success;
        }

        var address = connection.Identity?.Address ?? AddressOf(connection);
        var (code, why) = Judge(rules, connection, address, nowMs, out reason);
        if (reason is null)
        {
            return ConnackReasonCode.Success;
        }

        if (_lines.TryTake(nowMs, out _))
        {
            ProtectionLog.Refused(
                logger,
                rules.Options.ReportOnly ? "would refuse" : "refused",
                Printable.Escape(connection.ClientId),
                Printable.Escape(connection.UserName ?? ""),
                connection.RemoteAddress,
                why);
        }

        return rules.Options.ReportOnly ? ConnackReasonCode.Success : code;
    }

    /// <summary>Somebody who is connected is banned by the rules that hold now.</summary>
    internal bool IsBanned(Connection connection)
    {
        var rules = _rules;
        var address = connection.Identity?.Address ?? AddressOf(connection);
        return !rules.Options.ReportOnly && rules.Bans.Find(address, connection.ClientId, connection.UserName, time.GetUtcNow(), out _) is not null;
    }

    private (ConnackReasonCode Code, string Why) Judge(Rules rules, Connection connection, IPAddress? address, long nowMs, out ProtectionReason? reason)
    {
        if (rules.Bans.Find(address, connection.ClientId, connection.UserName, time.GetUtcNow(), out var banned) is { } ban)
        {
            reason = banned;
            return (ConnackReasonCode.Banned, $"banned: {Printable.Escape(ban.ToString())}");
        }

        reason = connection.IsRateCounted ? null : rules.Rates?.Take(address, nowMs);
        if (reason is { } rate)
        {
            return (ConnackReasonCode.ConnectionRateExceeded, WordsOf(rate));
        }

        if (rules.Flapping?.IsBanned(connection.ClientId, nowMs, out var isNew) == true)
        {
            reason = ProtectionReason.Flapping;
            if (isNew)
            {
                var options = rules.Options;
                ProtectionLog.Flapping(
                    logger, Printable.Escape(connection.ClientId), connection.RemoteAddress, options.FlappingConnects + 1, options.FlappingSeconds, options.FlappingBanSeconds);
            }

            return (ConnackReasonCode.Banned, "it has come back too often");
        }

        return (ConnackReasonCode.Success, "");
    }

    private static string WordsOf(ProtectionReason rate) =>
        rate == ProtectionReason.AddressConnectRate ? "its address connects too often" : "clients connect too often";

    private static IPAddress? AddressOf(Connection connection) =>
        IPEndPoint.TryParse(connection.RemoteAddress, out var endPoint) ? endPoint.Address : null;

    private sealed class Rules(GuardRules rules)
    {
        internal ProtectionOptions Options => rules.Options;

        internal BanList Bans => rules.Bans;

        internal ConnectRates? Rates { get; } = rules.Options.ConnectsPerAddressPerSecond > 0 || rules.Options.ConnectsPerSecond > 0
            ? new ConnectRates(rules.Options.ConnectsPerAddressPerSecond, rules.Options.ConnectsPerSecond, rules.Options.BurstSeconds)
            : null;

        internal FlappingDetector? Flapping { get; } = rules.Options.FlappingConnects > 0
            ? new FlappingDetector(rules.Options.FlappingConnects, rules.Options.FlappingSeconds * 1000L, rules.Options.FlappingBanSeconds * 1000L)
            : null;

        internal bool WatchDoor => Rates is not null || Bans.HasAddresses;

        internal bool AreAny => Bans.Count > 0 || Rates is not null || Flapping is not null;
    }
}
