using Godwit.Server.Configuration;
using Godwit.Server.Hosting;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Godwit.Server.Security;

/// <summary>
/// The users and rules of a configuration, for a server and for its reloads. A broker that was started without any is open in its inmost
/// paths: to give it users or rules takes a restart, and a reload that would is refused rather than half obeyed.
/// </summary>
public sealed class ConfiguredSecurity : IReloadPart, IDisposable
{
    private readonly AuthenticationService? _users;
    private readonly AclPolicy? _rules;
    private AuthenticationSettings _settings;
    private IReadOnlyList<Listeners.ListenerOptions> _listeners;

    private ConfiguredSecurity(ServerOptions options, AuthenticationService? users, AclPolicy? rules) =>
        (_settings, _listeners, _users, _rules) = (options.Authentication, options.ListenersInForce, users, rules);

    /// <inheritdoc/>
    public string Name => "users and rules";

    /// <summary>For <see cref="GodwitServer.StartAsync(ServerOptions, ILoggerFactory, ServerSecurity)"/>.</summary>
    public ServerSecurity ForServer() => new()
    {
        Access = _rules is null ? new Broker.Security.OpenAccess() : _rules,
        AuthenticationOf = _ => _users,
    };

    /// <summary>Reads every file that is named.</summary>
    /// <exception cref="ServerStartException">Something cannot be used; the message has all of it.</exception>
    public static ConfiguredSecurity Create(ServerOptions options, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        var logger = loggers.CreateLogger("Godwit");
        var rules = RulesOf(options);
        AuthenticationService? users = null;
        if (HasUsers(options))
        {
            try
            {
                users = new AuthenticationService(options.Authentication, options.ListenersInForce, TimeProvider.System, logger);
            }
            catch (AuthenticationFileException exception)
            {
                throw Failed(exception.Errors);
            }
        }

        var isRuled = rules.HasRules || users is not null;      // a login may bring rights with it
        var policy = isRuled ? new AclPolicy(rules, TimeProvider.System, report => SecurityLog.WouldDeny(logger, report)) : null;
        if (policy is not null && LoginsHaveRights(options.Authentication))
        {
            policy.LoginsHaveRights = true;
        }

        return new ConfiguredSecurity(options, users, policy);
    }

    /// <summary>What is wrong with the users, files included: everything is made once and given up again.</summary>
    internal static IReadOnlyList<string> UserErrors(ServerOptions options)
    {
        if (!HasUsers(options))
        {
            return [];
        }

        try
        {
            new AuthenticationService(options.Authentication, options.ListenersInForce, TimeProvider.System, NullLogger.Instance).Dispose();
            return [];
        }
        catch (AuthenticationFileException exception)
        {
            return exception.Errors;
        }
    }

    /// <inheritdoc/>
    public IReloadStep? Prepare(ServerOptions next, ConfigurationDifference difference)
    {
        ArgumentNullException.ThrowIfNull(next);
        var rules = RulesOf(next);
        if ((_users is null && HasUsers(next)) || (_rules is null && rules.HasRules))
        {
            throw Failed(["The broker was started without users and rules, and is open: to give it some takes a restart."]);
        }

        return _users is null && _rules is null ? null : new Step(this, next, rules);
    }

    /// <inheritdoc/>
    public void Dispose() => _users?.Dispose();

    /// <summary>Somebody is asked who a client is.</summary>
    internal static bool HasUsers(ServerOptions options) =>
        options.Authentication.PasswordFile is not null
        || options.Authentication.UserNameAsClientId
        || options.Authentication.Sources.Count > 0
        || options.Authentication.Chains.Count > 0
        || options.Authentication.Own.Count > 0
        || options.Listeners.Any(listener => listener.Tls is { UserNameFrom: not Listeners.CertificateName.None } || listener.AllowAnonymous == false);

    private static bool LoginsHaveRights(AuthenticationSettings settings) =>
        settings.Own.Count > 0
        || settings.Sources.Any(source => source.Kind is SourceKind.Http || source.Jwt.TopicsClaim is not null || source.Postgres.RightsQuery is not null);

    private static AclSnapshot RulesOf(ServerOptions options)
    {
        var input = new ConfigurationInput();
        return AclLoader.Load(options.Acl, input) ?? throw Failed([.. input.Messages.Where(message => message.IsError).Select(message => message.ToString())]);
    }

    private static ServerStartException Failed(IEnumerable<string> errors) =>
        new(string.Join(Environment.NewLine, errors), ServerStartException.InvalidConfiguration);

    private sealed class Step(ConfiguredSecurity security, ServerOptions next, AclSnapshot rules) : IReloadStep
    {
        private readonly AuthenticationSettings _settingsBefore = security._settings;
        private readonly IReadOnlyList<Listeners.ListenerOptions> _listenersBefore = security._listeners;
        private AclSnapshot? _rulesBefore;

        public void Apply()
        {
            // Rules first: what a user may do must not be looser for a moment than what either configuration says.
            _rulesBefore = security._rules?.Replace(rules);
            if (security._rules is { LoginsHaveRights: false } policy && LoginsHaveRights(next.Authentication))
            {
                policy.LoginsHaveRights = true;     // never taken back: checking without need harms nobody
            }

            try
            {
                Users(next.Authentication, next.ListenersInForce);
            }
            catch
            {
                RulesBefore();
                throw;
            }
        }

        public void Undo()
        {
            RulesBefore();
            try
            {
                Users(_settingsBefore, _listenersBefore);
            }
            catch (ServerStartException)
            {
                // A file from before is not there any more. The users of the next configuration stay; who was refused is still refused.
            }
        }

        public void Dispose()
        {
        }

        private void RulesBefore()
        {
            if (_rulesBefore is not null)
            {
                security._rules!.Replace(_rulesBefore);
            }
        }

        private void Users(AuthenticationSettings settings, IReadOnlyList<Listeners.ListenerOptions> listeners)
        {
            try
            {
                security._users?.Reload(settings, listeners);
                (security._settings, security._listeners) = (settings, listeners);
            }
            catch (AuthenticationFileException exception)
            {
                throw Failed(exception.Errors);
            }
        }
    }
}
