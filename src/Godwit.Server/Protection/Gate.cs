using System.Net;
using Godwit.Broker.Protection;
using Godwit.Broker.Shards;
using Godwit.Protocol.ReasonCodes;
using Godwit.Server.Logging;
using Microsoft.Extensions.Logging;

namespace Godwit.Server.Protection;

/// <summary>Lets clients in or not: bans, connect rates, clients that come back too often. Any thread; a reload exchanges the rules in one step.</summary>
internal sealed class Gate(ILogger logger, TimeProvider time) : IAdmission
{
    private const int LinesPerSecond = 10;

    private readonly LineSampler _lines = new(LinesPerSecond);
    private volatile Rules _rules = new(GuardRules.Read(new ProtectionOptions()));

    /// <summary>From now on these rules hold. Counts begin anew.</summary>
    internal void Apply(GuardRules rules) => _rules = new Rules(rules);

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

        reason = rules.Rates?.Take(address, nowMs);
        if (reason is { } rate)
        {
            return (ConnackReasonCode.ConnectionRateExceeded, rate == ProtectionReason.AddressConnectRate ? "its address connects too often" : "clients connect too often");
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

        internal bool AreAny => Bans.Count > 0 || Rates is not null || Flapping is not null;
    }
}
