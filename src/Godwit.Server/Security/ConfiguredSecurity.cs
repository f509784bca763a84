using Godwit.Server.Configuration;
using Godwit.Server.Hosting;
using Godwit.Server.Listeners;
using Godwit.Server.Security.Acl;
using Godwit.Server.Security.Authentication;
using Godwit.Server.Security.Authorization;
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
    private readonly IReadOnlyList<ListenerOptions> _listeners;
    private AuthenticationSettings _settings;
    private AuthorizationSettings _asking;
    private int _askTimeoutMs;

    private ConfiguredSecurity(ServerOptions options, AuthenticationService? users, AclPolicy? rules) =>
        (_settings, _asking, _askTimeoutMs, _listeners, _users, _rules) =
            (options.Authentication, options.Acl.Asking, options.Limits.AskTimeoutMs, options.ListenersInForce, users, rules);

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
        AclPolicy? policy = null;
        try
        {
            users = HasUsers(options) ? new AuthenticationService(options.Authentication, options.ListenersInForce, TimeProvider.System, logger) : null;
            if (rules.HasRules || users is not null || options.Acl.Asking.HasSources)       // a login may bring rights with it
            {
                var asked = new AuthorizationService(options.Acl.Asking, TimeProvider.System, logger) { TimeLimitMs = options.Limits.AskTimeoutMs };
                policy = new AclPolicy(rules, TimeProvider.System, report => SecurityLog.WouldDeny(logger, report)) { Asked = asked };
            }
        }
        catch (AuthenticationFileException exception)
        {
            users?.Dispose();
            throw Failed(exception.Errors);
        }

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
        if ((_users is null && HasUsers(next)) || (_rules is null && (rules.HasRules || next.Acl.Asking.HasSources)))
        {
            throw Failed(["The broker was started without users and rules, and is open: to give it some takes a restart."]);
        }

        return _users is null && _rules is null ? null : new Step(this, next, rules);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _users?.Dispose();
        _rules?.Asked?.Dispose();
    }

    /// <summary>Somebody is asked who a client is.</summary>
    internal static bool HasUsers(ServerOptions options) =>
        options.Authentication.PasswordFile is not null
        || options.Authentication.UserNameAsClientId
        || options.Authentication.Sources.Count > 0
        || options.Authentication.Chains.Count > 0
        || options.Authentication.Own.Count > 0
        || options.Listeners.Any(listener => listener.Tls is { UserNameFrom: not CertificateName.None } || listener.AllowAnonymous == false);

    private static bool LoginsHaveRights(AuthenticationSettings settings) =>
        settings.Own.Count > 0
        || settings.Sources.Any(source => source.Jwt.TopicsClaim is not null || source.Http.Url is not null || source.Postgres.RightsQuery is not null);

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
        private readonly AuthorizationSettings _askingBefore = security._asking;
        private readonly int _askTimeoutMsBefore = security._askTimeoutMs;
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
                Asked(next.Acl.Asking, next.Limits.AskTimeoutMs);
                Users(next.Authentication);
            }
            catch
            {
                RulesBefore();
                Asked(_askingBefore, _askTimeoutMsBefore);
                throw;
            }
        }

        public void Undo()
        {
            RulesBefore();
            try
            {
                Asked(_askingBefore, _askTimeoutMsBefore);
                Users(_settingsBefore);
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

        /// <summary>Sources of rights are made anew; what they have answered holds until it is too old.</summary>
        private void Asked(AuthorizationSettings asking, int timeoutMs)
        {
            if (security._rules?.Asked is not { } asked)
            {
                return;
            }

            try
            {
                asked.TimeLimitMs = timeoutMs;
                if (asking != security._asking)
                {
                    asked.Reload(asking);
                    (security._asking, security._askTimeoutMs) = (asking, timeoutMs);
                }
            }
            catch (AuthenticationFileException exception)
            {
                throw Failed(exception.Errors);
            }
        }

        /// <summary>The listeners are those that run: the chains that they name must be there, whatever the next configuration says of listeners.</summary>
        private void Users(AuthenticationSettings settings)
        {
            try
            {
                security._users?.Reload(settings, security._listeners);
                security._settings = settings;
            }
            catch (AuthenticationFileException exception)
            {
                throw Failed(exception.Errors);
            }
        }
    }
}
